public import Encodings

/// Which peers are trusted to state the client's address (`TRUST_PROXY`).
public struct TrustedProxies: Sendable, Hashable {
  private let ranges: [AddressRange]
  /// How many entries of `X-Forwarded-For` are trusted at most; nil for as many as our own proxies wrote.
  private let hops: Int?

  /// None: the client is the peer that connected.
  public static let none = TrustedProxies(ranges: [])
  /// `true`: one proxy, on this machine or in the same private network. Its entry is the last; the client may have
  /// written anything before it.
  public static let oneNearby = TrustedProxies(ranges: nearby, hops: 1)

  /// Where an operator's own proxy is: loopback, private networks (RFC 1918), addresses of carriers and overlay
  /// networks (RFC 6598), unique local addresses (RFC 4193) and link-local ones.
  private static let nearby = [
    "127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",
    "169.254.0.0/16", "fe80::/10",
  ].compactMap(AddressRange.init)

  private init(ranges: [AddressRange], hops: Int? = nil) {
    self.ranges = ranges
    self.hops = hops
  }

  /// - Parameter text: true, false, or addresses and CIDR ranges separated by commas; nil where it is none of these.
  public init?(_ text: String) {
    if let flag = parseFlag(text) {
      self = flag ? .oneNearby : .none
      return
    }
    let entries = text.split(separator: ",").map { AddressRange(String($0.trimmingBlanks)) }
    guard !entries.isEmpty, !entries.contains(nil) else { return nil }
    self.init(ranges: entries.compactMap(\.self))
  }

  /// Whether forwarding headers from this peer count.
  public func trusts(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

  /// Whether forwarding headers from this peer count.
  public func trusts(_ address: String) -> Bool { IPAddress(address).map { trusts($0) } ?? false }

  /// The address of the client: going back from the peer through `X-Forwarded-For`, the first one that is not trusted.
  ///
  /// Every proxy appends the address it saw, so only the right end is written by our own proxies; anything left of the
  /// first untrusted address is the client's own claim. If all are trusted, it is the leftmost; an entry that is not an
  /// address ends the walk.
  ///
  /// - Parameters:
  ///   - peer: who connected.
  ///   - forwardedFor: the header's values in order of appearance, each possibly a list.
  public func clientAddress(peer: String, forwardedFor: [String]) -> String {
    guard var believed = IPAddress(peer) else { return peer }
    let claims = forwardedFor.flatMap { $0.split(separator: ",") }.reversed()
    for claim in claims.prefix(hops ?? .max) {
      guard trusts(believed), let address = Self.address(in: claim.trimmingBlanks) else { break }
      believed = address
    }
    return believed.description
  }

  /// What an operator should know about an untrusted peer that sends `X-Forwarded-For`.
  public enum Disbelief: Sendable, Hashable, CaseIterable {
    /// It is near, as an operator's own proxy is: behind an untrusted proxy, all clients share one address.
    case nearbyProxy
    /// It may be anyone. A client that comes through our own proxy is not the peer.
    case stranger
  }

  /// Nil for a trusted peer, and for one that claims nothing.
  public func disbelief(peer: String, forwardedFor: [String]) -> Disbelief? {
    guard !forwardedFor.isEmpty, let address = IPAddress(peer), !trusts(address) else { return nil }
    return Self.nearby.contains { $0.contains(address) } ? .nearbyProxy : .stranger
  }

  /// Some proxies write a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
  private static func address(in text: Substring) -> IPAddress? {
    if let plain = IPAddress(text) { return plain }
    return HostPort.split(text, portRequired: false).flatMap { IPAddress($0.host) }
  }
}
