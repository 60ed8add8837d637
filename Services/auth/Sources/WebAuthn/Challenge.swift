/// A ceremony's challenge: 32 random bytes (§13.4.3 asks for at least 16).
///
/// The issuer must also remember its purpose, its browser and its lifetime, and that it is spent once; this type is
/// only the number.
public struct Challenge: Hashable, Sendable {
  /// The length of our challenges, in bytes.
  public static let length = 32

  public let bytes: [UInt8]

  /// A fresh challenge from a source of randomness, which must be cryptographic outside of tests.
  public init(from generator: inout some RandomNumberGenerator) {
    // Eight at a time: the system's source asks the kernel for each draw.
    bytes = (0..<Self.length / 8).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
  }

  /// A challenge that was issued before; nil unless it has exactly 32 bytes.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = Array(bytes)
  }

  /// A challenge of any length: the specification's own test vectors have one of 128 bytes.
  package init(unusual bytes: [UInt8]) {
    self.bytes = bytes
  }
}
