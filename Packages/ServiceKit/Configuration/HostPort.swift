/// Where something listens or is reached: `127.0.0.1:1500`, `[::1]:1500`, `auth:1500`.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
  /// A name, an IPv4 address, or an IPv6 address without brackets.
  public let host: String
  /// 0 asks the system for a free one, where listening.
  public let port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Nil where the text is not `host:port`.
  public init?(_ text: String) {
    guard let parts = Self.split(Substring(text), portRequired: true), let port = parts.port else { return nil }
    self.init(host: parts.host, port: port)
  }

  /// A comma-separated list with at least one entry.
  public static func list(_ text: String) -> [HostPort]? {
    let entries = text.split(separator: ",").map { HostPort(String($0.trimmingBlanks)) }
    return entries.isEmpty || entries.contains(nil) ? nil : entries.compactMap(\.self)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  /// Splits and checks the characters of a URL's host (a name, IPv4, or IPv6 in brackets) and port.
  static func split(_ text: Substring, portRequired: Bool) -> (host: String, port: Int?)? {
    let host: Substring
    var rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard case .v6 = IPAddress(String(host)) else { return nil }
    } else {
      host = text.prefix { $0 != ":" }
      rest = text[host.endIndex...]
      guard isName(host) else { return nil }
    }
    if rest.isEmpty { return portRequired ? nil : (String(host), nil) }
    guard rest.popFirst() == ":", rest.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(rest),
      (portRequired ? 0 : 1)...65535 ~= port
    else { return nil }
    return (String(host), port)
  }

  private static func isName(_ host: Substring) -> Bool {
    !host.isEmpty && host.utf8.count <= 253 && !host.hasPrefix(".") && !host.hasPrefix("-") && !host.contains("..")
      && host.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }
}

extension Substring {
  /// Without blanks and tabs at either end.
  var trimmingBlanks: Substring {
    var text = self
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}
