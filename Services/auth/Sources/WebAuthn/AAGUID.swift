/// An authenticator's model (§6.5.1), 16 bytes; all zero where the model is not told.
public struct AAGUID: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// A model as a stored record holds it; nil unless it has exactly 16 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    self.bytes = Array(bytes)
  }

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
