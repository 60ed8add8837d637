public import Encodings

/// Where we may connect when a user gives us an address to call.
///
/// Without it, anyone who may name an address could have us call the machine itself, its neighbours, or a cloud's
/// metadata service, from inside the network (server-side request forgery). It judges the address that a connection is
/// made to, not a name, since a name can resolve to anything.
public struct EgressPolicy: Sendable {
  private enum Reach { case publicOnly, registered, anywhere }

  private let reach: Reach

  /// Public addresses only.
  public static let publicOnly = EgressPolicy(reach: .publicOnly)
  /// For addresses that an administrator registered. Apps run beside us, in the same house, network or machine, and may
  /// have private and loopback addresses. No app is at a link-local address, where clouds answer with their machines'
  /// credentials.
  public static let registered = EgressPolicy(reach: .registered)
  /// Any address: for tests, whose servers are on this machine.
  package static let anywhere = EgressPolicy(reach: .anywhere)

  public func allows(_ address: IPAddress) -> Bool {
    switch reach {
    case .anywhere: true
    case .registered:
      !Self.never.contains { $0.contains(address) } && (address.embedded.map { allows($0) } ?? true)
    case .publicOnly:
      switch address {
      case .v4: !Self.special.contains { $0.contains(address) }
      case .v6:
        Self.globalUnicast.contains { $0.contains(address) } && !Self.special.contains { $0.contains(address) }
      }
    }
  }

  /// Addresses at which there is no app.
  private static let never = [
    // This host on this network, and the address that stands for none (RFC 1122 §3.2.1.3; RFC 4291 §2.5.2).
    "0.0.0.0/8", "::",
    // Link-local (RFC 3927, RFC 4291 §2.5.6), and site-local, since deprecated (RFC 3879).
    "169.254.0.0/16", "fe80::/10", "fec0::/10",
    // Multicast, reserved, broadcast.
    "224.0.0.0/4", "240.0.0.0/4", "ff00::/8",
    // Metadata services off the link-local range: Alibaba's, Oracle's, Azure's; Amazon's and Google's over IPv6.
    "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fd20:ce::254",
  ].compactMap(AddressRange.init)

  /// The space that IPv6 allocates for the internet (RFC 4291 §2.4); all else is local, multicast or translated.
  private static let globalUnicast = ["2000::/3"].compactMap(AddressRange.init)

  /// The IANA registries of special-purpose addresses (RFC 6890 and successors), multicast and reserved space.
  private static let special = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
    // IETF protocols with Teredo, benchmarking and ORCHID; documentation; 6to4, which carries an IPv4 address.
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
  ].compactMap(AddressRange.init)
}

extension IPAddress {
  /// The IPv4 address that an IPv6 one embeds: translated (RFC 6052 §2.1), tunnelled (RFC 3056 §2), or merely padded
  /// (RFC 4291 §2.5.5.1).
  fileprivate var embedded: IPAddress? {
    guard case .v6(let high, let low) = self else { return nil }
    if high >> 48 == 0x2002 { return .v4(UInt32(truncatingIfNeeded: high >> 16)) }
    guard low >> 32 == 0, high == 0x0064_FF9B_0000_0000 || high == 0 && !isLoopback else { return nil }
    return .v4(UInt32(truncatingIfNeeded: low))
  }
}
