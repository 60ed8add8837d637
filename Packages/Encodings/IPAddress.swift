/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
public enum IPAddress: Sendable, Hashable {
  case v4(UInt32)
  /// Network and interface: the first and the last 64 bits.
  case v6(UInt64, UInt64)

  /// Strict (RFC 3986 §3.2.2, RFC 4291 §2.2): no leading zeros in IPv4 (`010` is eight to some readers), no zone, no
  /// port, no brackets. Nil for anything else. Nothing is looked up.
  public init?(_ text: some StringProtocol) {
    if let number = Self.v4(text) {
      self = .v4(number)
    } else if let (high, low) = Self.v6(text) {
      self = high == 0 && low >> 32 == 0xFFFF ? .v4(UInt32(truncatingIfNeeded: low)) : .v6(high, low)
    } else {
      return nil
    }
  }

  /// Whether a text is four decimal numbers.
  public static func isIPv4(_ text: some StringProtocol) -> Bool { v4(text) != nil }

  /// Whether a text is an address in IPv6's spelling, mapped ones too.
  public static func isIPv6(_ text: some StringProtocol) -> Bool { v6(text) != nil }

  /// 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    switch self {
    case .v4(let number): number >> 24 == 127
    case .v6(let high, let low): high == 0 && low == 1
    }
  }

  /// 0.0.0.0 or `::`: to listen there is to listen everywhere.
  public var isUnspecified: Bool {
    switch self {
    case .v4(let number): number == 0
    case .v6(let high, let low): high == 0 && low == 0
    }
  }

  /// The network to count an address under: an IPv6 customer can send from a whole /64, so that counting single
  /// addresses would count nothing. Text that is not an address counts as itself.
  public static func network(of text: String) -> String {
    switch IPAddress(text) {
    case nil: text
    case .v4(let number)?: "\(IPAddress.v4(number))"
    case .v6(let high, _)?: "\(IPAddress.v6(high, 0))/64"
    }
  }
}

/// A range of addresses in CIDR form: `10.0.0.0/8`, `fd00::/8`, or one address.
public struct AddressRange: Sendable, Hashable {
  private let address: IPAddress
  private let bits: Int

  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = IPAddress(parts[0]) else { return nil }
    let width = if case .v4 = address { 32 } else { 128 }
    self.address = address
    guard parts.count == 2 else {
      bits = width
      return
    }
    guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let bits = Int(parts[1]), bits <= width else {
      return nil
    }
    self.bits = bits
  }

  /// Whether the address is of the same family and shares the leading bits.
  public func contains(_ other: IPAddress) -> Bool {
    switch (address, other) {
    case (.v4(let own), .v4(let other)): (own ^ other) >> (32 - bits) == 0
    case (.v6(let high, let low), .v6(let otherHigh, let otherLow)):
      bits <= 64
        ? (high ^ otherHigh) >> (64 - bits) == 0 : high == otherHigh && (low ^ otherLow) >> (128 - bits) == 0
    default: false
    }
  }
}
