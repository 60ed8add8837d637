import Encodings
import LatchkeyProtocol
public import ServiceKit

/// Which addresses belong to the operator's own networks, by their ranges.
public struct AuditLogPlaces: Sendable {
  /// `LOCAL_IPV6_RANGES`.
  public static let setting = Setting(
    "LOCAL_IPV6_RANGES",
    help: "IPv6 ranges of your own that the record calls internal, separated by commas (default: none).",
    expecting: "IPv6 ranges separated by commas, such as 2001:db8:1::/48", whenUnset: AuditLogPlaces(),
    parse: Self.init(text:))

  /// The first range that contains an address names it: Tailscale's ranges lie inside others.
  private let ranges: [(place: Admin.AuditLogPlace, text: String, range: AddressRange)]

  public init() { self.init(own: []) }

  private init(own: [String]) {
    let known: [(Admin.AuditLogPlace, [String])] = [
      (.localhost, ["127.0.0.0/8", "::1/128"]),
      // RFC 6598, and Tailscale's own part of the unique local addresses.
      (.tailscale, ["100.64.0.0/10", "fd7a:115c:a1e0::/48"]),
      // RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6.
      (.lan, ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10"] + own),
    ]
    ranges = known.flatMap { place, texts in
      texts.compactMap { text in AddressRange(text).map { (place, text, $0) } }
    }
  }

  /// Nil when one of them is not an IPv6 range.
  init?(text: String) {
    let own = text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    guard !own.isEmpty, own.allSatisfy({ $0.contains(":") && AddressRange($0) != nil }) else { return nil }
    self.init(own: own)
  }

  /// Nil for the internet, and for text that is not an address.
  func place(of address: String) -> Admin.AuditLogPlace? {
    guard let address = IPAddress(address) else { return nil }
    return ranges.first { $0.range.contains(address) }?.place
  }

  /// All of them, as PostgreSQL's `cidr` reads them.
  var texts: [String] { ranges.map(\.text) }
}
