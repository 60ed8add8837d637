/// Where we go when somebody tells us an address to fetch from: to the public internet and nowhere else.
///
/// Without it, whoever may name an address could have us ask the machine itself, its neighbours, or a cloud's metadata
/// service, from inside the network (server-side request forgery). It judges the address that a connection is made to, not a
/// name, since a name can lead anywhere.
public struct EgressPolicy: Sendable {
  private let refusesSpecial: Bool

  /// Public addresses only.
  public static let publicOnly = EgressPolicy(refusesSpecial: true)
  /// Any address: for tests, whose servers are on this machine.
  package static let anywhere = EgressPolicy(refusesSpecial: false)

  public func allows(_ address: IPAddress) -> Bool {
    guard refusesSpecial else { return true }
    switch address {
    case .v4: return !Self.special.contains { $0.contains(address) }
    case .v6:
      return Self.globalUnicast.contains { $0.contains(address) } && !Self.special.contains { $0.contains(address) }
    }
  }

  /// What IPv6 hands out for the internet (RFC 4291 §2.4); all else is local, multicast or translated.
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
