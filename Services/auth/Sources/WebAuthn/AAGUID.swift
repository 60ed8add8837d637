/// An authenticator's model (§6.5.1), 16 bytes; all zero where the model is not told.
public struct AAGUID: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// Sixteen bytes; others are cut or filled with zeros.
  init(_ bytes: [UInt8]) {
    self.bytes = Array((bytes + [UInt8](repeating: 0, count: 16)).prefix(16))
  }

  /// Whether the authenticator kept its model to itself.
  public var isUnknown: Bool { bytes.allSatisfy { $0 == 0 } }

  /// The form in which lists of models name it: lower-case hexadecimal in five groups.
  public var description: String {
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return text
  }
}
