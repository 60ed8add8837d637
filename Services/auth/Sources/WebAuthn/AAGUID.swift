import Encodings

/// An authenticator's model (§6.5.1), 16 bytes; all zero if the model is not revealed.
public struct AAGUID: Hashable, Sendable, CustomStringConvertible {
  public let bytes: [UInt8]

  /// A model as a stored record holds it; nil unless it has exactly 16 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 16 else { return nil }
    self.bytes = Array(bytes)
  }

  /// The form that lists of models use: lower-case hexadecimal in five groups.
  public var description: String {
    let digits = Hexadecimal.text(bytes)
    let ends = [0, 8, 12, 16, 20, 32].map { digits.utf8.index(digits.startIndex, offsetBy: $0) }
    return zip(ends, ends.dropFirst()).map { digits[$0..<$1] }.joined(separator: "-")
  }
}
