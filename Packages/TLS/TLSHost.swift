import Glibc

/// The host that a client means to reach, and so the name or address that a certificate must be issued for
/// (RFC 9525 §6.1).
public struct TLSHost: Sendable, Equatable {
  enum Kind: Equatable {
    /// Sent to the server (RFC 6066 §3), and checked against the certificate's names.
    case name(String)
    /// Four or sixteen bytes: never sent, and checked against the certificate's addresses.
    case address([UInt8])
  }

  let kind: Kind

  /// Octets of a name in the DNS (RFC 1035 §3.1), written out.
  private static let longestName = 253

  /// Nil if it is neither: no certificate could be checked against it.
  ///
  /// - Parameter host: an IPv4 or IPv6 address without brackets, whose zone is ignored (RFC 4007 §11: it means
  ///   something on this machine only); or a name in ASCII, with or without the root's dot.
  public init?(_ host: String) {
    // To C, a text ends at its first NUL.
    guard !host.utf8.contains(0) else { return nil }
    if let address = Self.address(host) {
      kind = .address(address)
      return
    }
    let name = host.hasSuffix(".") ? host.dropLast() : host[...]
    // In libssl, a leading dot would match every name below.
    guard !name.isEmpty, name.utf8.count <= Self.longestName, name.utf8.first != 0x2E,
      name.utf8.allSatisfy(Self.isOfName)
    else { return nil }
    kind = .name(String(name))
  }

  private static func address(_ host: String) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, host, &bytes) == 1 { return Array(bytes.prefix(4)) }
    let withoutZone = host.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0]
    return inet_pton(AF_INET6, String(withoutZone), &bytes) == 1 ? bytes : nil
  }

  /// Letters, digits, hyphen, dot; the underscore too, which some host names have.
  private static func isOfName(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x30 && byte <= 0x39
      || byte == 0x2D || byte == 0x2E || byte == 0x5F
  }
}
