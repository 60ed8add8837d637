/// Where a service listens: a host (name or address) and a port, written "host:port" or "[IPv6 address]:port".
public struct ServiceAddress: Hashable, Sendable {
  public let host: String
  /// 0 means any free port, for listening only.
  public let port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Reads one address; nil if it is not of the form.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty, host.allSatisfy({ !$0.isWhitespace && $0 != "," }) else { return nil }
    self.init(host: String(host), port: Int(port))
  }

  /// Reads a comma-separated list; nil if one of them is malformed or there is none.
  public static func list(_ text: String) -> [ServiceAddress]? {
    let addresses = text.split(separator: ",").map { part in
      ServiceAddress(part.split(whereSeparator: \.isWhitespace).joined())
    }
    guard !addresses.isEmpty, addresses.allSatisfy({ $0 != nil }) else { return nil }
    return addresses.compactMap { $0 }
  }
}

extension ServiceAddress: CustomStringConvertible {
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
