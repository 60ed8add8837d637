/// Whose word about the client's address is believed (`TRUST_PROXY`).
public struct TrustedProxies: Sendable, Hashable {
  private let ranges: [AddressRange]

  /// Nobody: the client is whoever connected.
  public static let none = TrustedProxies(ranges: [])
  /// Everybody.
  public static let all = TrustedProxies(ranges: ["0.0.0.0/0", "::/0"].compactMap(AddressRange.init))

  private init(ranges: [AddressRange]) { self.ranges = ranges }

  /// - Parameter text: true, false, or addresses and CIDR ranges separated by commas; nil where it is none of these.
  public init?(_ text: String) {
    if let flag = parseFlag(text) {
      self = flag ? .all : .none
      return
    }
    let entries = text.split(separator: ",").map { AddressRange(String($0.trimmingBlanks)) }
    guard !entries.isEmpty, !entries.contains(nil) else { return nil }
    ranges = entries.compactMap(\.self)
  }

  /// Whether forwarding headers from this peer count.
  public func trusts(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

  /// Whether forwarding headers from this peer count.
  public func trusts(_ address: String) -> Bool { IPAddress(address).map { trusts($0) } ?? false }

  /// The address of the client: going back from the peer through `X-Forwarded-For`, the first one that is not trusted.
  ///
  /// Every proxy appends the address it saw, so only the right end is written by proxies of ours; what stands left of the first
  /// untrusted address is the client's own claim. Where all are trusted, it is the leftmost; an entry that is no address ends the walk.
  ///
  /// - Parameters:
  ///   - peer: who connected.
  ///   - forwardedFor: the header's values in order of appearance, each possibly a list.
  public func clientAddress(peer: String, forwardedFor: [String]) -> String {
    guard var believed = IPAddress(peer) else { return peer }
    let claims = forwardedFor.flatMap { $0.split(separator: ",") }.reversed()
    for claim in claims {
      guard trusts(believed), let address = Self.address(in: claim.trimmingBlanks) else { break }
      believed = address
    }
    return believed.description
  }

  /// Some proxies write a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  private static func address(in text: Substring) -> IPAddress? {
    if let plain = IPAddress(String(text)) { return plain }
    return HostPort.split(text, portRequired: false).flatMap { IPAddress($0.host) }
  }
}
