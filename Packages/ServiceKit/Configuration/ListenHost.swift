import Encodings

/// The value of `HOST`: a name or an address on which HTTP is served.
public enum ListenHost {
  /// As sockets take it: an IPv6 address may stand in brackets, as in URLs.
  static func parse(_ text: String) -> String? {
    guard text.hasPrefix("[") else { return text }
    let address = String(text.dropFirst().dropLast())
    guard text.hasSuffix("]"), case .v6 = IPAddress(address) else { return nil }
    return address
  }

  /// Host and port as they stand in a URL.
  public static func text(_ host: String, port: Int) -> String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Where a program on this machine reaches that listener: every unspecified address includes its family's loopback.
  public static func nearby(_ host: String) -> String {
    guard let address = IPAddress(host), address.isUnspecified else { return host }
    if case .v4 = address { return "127.0.0.1" }
    return "::1"
  }
}
