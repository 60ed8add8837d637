import Encodings

/// The host and port of a URL or of an address.
enum HostPort {
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
      && host.utf8.allSatisfy { Percent.isUnreserved($0) && $0 != UInt8(ascii: "~") }
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
