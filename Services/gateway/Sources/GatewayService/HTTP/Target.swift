/// A request target (RFC 9112 §3.2), taken apart.
struct Target: Sendable, Equatable {
  /// Begins with a slash; percent-encoded as it came.
  let path: String
  let query: String?

  init(_ text: String) throws(Refusal) {
    guard text.utf8.count <= Limits.target else {
      throw Refusal(
        .uriTooLong, "request_too_large",
        "The address is longer than the \(Limits.target / 1024) KiB that are read here.",
        closes: true)
    }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Refusal.request("The address holds characters that must be percent-encoded.")
    }
    var rest = text[...]
    // The absolute form, which a server must understand; which host it names is the proxy's business.
    for scheme in ["http://", "https://"] where rest.lowercased().hasPrefix(scheme) {
      rest = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
      if !rest.hasPrefix("/") { rest = "/" + rest }
    }
    rest = rest.prefix { $0 != "#" }
    guard rest.hasPrefix("/") else { throw Refusal.request("The request has no address.") }
    let path = String(rest.prefix { $0 != "?" })
    // If the issuer was typed with a trailing slash, programs send two.
    self.path = path.hasPrefix("//.well-known/") ? String(path.dropFirst()) : path
    query = rest.firstIndex(of: "?").map { String(rest[rest.index(after: $0)...]) }
  }

  /// How an unknown path of this name speaks.
  var surface: Surface {
    path.hasPrefix("/api/") || path == "/api" || path.hasPrefix("/.well-known/") ? .api : .page
  }

  /// The same path without its trailing slash. Nil if there is none, or if removing it could leave what a browser reads
  /// as another site ("//host/").
  var pathWithoutTrailingSlash: String? {
    guard path != "/", path.hasSuffix("/"), !path.contains("//"), !path.contains("\\") else { return nil }
    return String(path.dropLast())
  }

  /// The same address without its trailing slash.
  var withoutTrailingSlash: String? { pathWithoutTrailingSlash.map { $0 + (query.map { "?\($0)" } ?? "") } }
}
