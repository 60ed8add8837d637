/// A path of ours that a browser may be sent to: the `redirect` parameter of the sign-in page.
///
/// Strict, since browsers are not: they read `\` as `/`, drop tabs and line ends, and take `//host` for another site.
/// So: one leading slash, then printable ASCII without `\`, as an address bar would send it, and no second slash first
/// either plain or percent-encoded.
package struct LocalPath: Sendable, Equatable {
  package let text: String

  package static let home = LocalPath(unchecked: "/")

  private init(unchecked text: String) { self.text = text }

  package init?(_ text: String) {
    guard text.utf8.count <= 2048, text.hasPrefix("/") else { return nil }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else { return nil }
    let rest = text.dropFirst().lowercased()
    guard !["/", "%2f", "%5c", "%09", "%0a", "%0d"].contains(where: rest.hasPrefix) else { return nil }
    // The browser would remove dots before the second slash: "/..//host" must not become "//host".
    let path = rest.prefix { $0 != "?" && $0 != "#" }
    guard !path.contains("//"), !path.split(separator: "/").contains(where: Self.isDots) else { return nil }
    self.text = text
  }

  private static func isDots(_ segment: Substring) -> Bool {
    let plain = segment.replacing("%2e", with: ".")
    return plain == "." || plain == ".."
  }
}
