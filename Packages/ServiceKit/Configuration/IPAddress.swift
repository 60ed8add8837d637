import Glibc

/// An IPv4 or IPv6 address as bytes. An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
public enum IPAddress: Sendable, Hashable, CustomStringConvertible {
  case v4([UInt8])
  case v6([UInt8])

  /// Strict: no leading zeros, no zone, no port, no brackets. Nil for anything else.
  public init?(_ text: String) {
    if let bytes = Self.parse(text, family: AF_INET, count: 4) {
      self = .v4(bytes)
    } else if let bytes = Self.parse(text, family: AF_INET6, count: 16) {
      self = bytes.starts(with: Self.mappedPrefix) ? .v4(Array(bytes.suffix(4))) : .v6(bytes)
    } else {
      return nil
    }
  }

  public var bytes: [UInt8] {
    switch self {
    case .v4(let bytes), .v6(let bytes): bytes
    }
  }

  /// 127.0.0.0/8 or ::1.
  public var isLoopback: Bool {
    switch self {
    case .v4(let bytes): bytes[0] == 127
    case .v6(let bytes): bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }
  }

  /// Whose address it is, as far as counting goes: an IPv6 customer has a /64 to send from, so that counting single addresses
  /// would count nothing. Text that is no address counts as itself.
  public static func network(of text: String) -> String {
    guard let address = IPAddress(text) else { return text }
    guard case .v6(let bytes) = address else { return "\(address)" }
    return "\(IPAddress.v6(bytes.prefix(8) + [UInt8](repeating: 0, count: 8)))/64"
  }

  /// The usual text form (RFC 5952 for IPv6).
  public var description: String {
    var text = [CChar](repeating: 0, count: 46)
    let family = if case .v4 = self { AF_INET } else { AF_INET6 }
    let written = bytes.withUnsafeBytes { inet_ntop(family, $0.baseAddress, &text, socklen_t(text.count)) }
    return written == nil ? "" : String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

  private static func parse(_ text: String, family: Int32, count: Int) -> [UInt8]? {
    // inet_pton stops at a zero byte, so that text must not contain one.
    guard text.utf8.count <= 45, !text.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }
}

/// A range of addresses in CIDR form: `10.0.0.0/8`, `fd00::/8`, or one address.
public struct AddressRange: Sendable, Hashable {
  private let address: IPAddress
  private let bits: Int

  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
    let width = address.bytes.count * 8
    guard parts.count == 2 else {
      self.init(address: address, bits: width)
      return
    }
    guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let bits = Int(parts[1]), (0...width) ~= bits else {
      return nil
    }
    self.init(address: address, bits: bits)
  }

  private init(address: IPAddress, bits: Int) {
    self.address = address
    self.bits = bits
  }

  /// Whether the address is of the same family and shares the leading bits.
  public func contains(_ other: IPAddress) -> Bool {
    switch (address, other) {
    case (.v4, .v6), (.v6, .v4): return false
    default: break
    }
    let whole = bits / 8
    guard address.bytes.prefix(whole) == other.bytes.prefix(whole) else { return false }
    let mask = ~(UInt8.max >> (bits % 8))
    return mask == 0 || address.bytes[whole] & mask == other.bytes[whole] & mask
  }
}
