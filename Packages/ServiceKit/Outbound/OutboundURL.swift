import Foundation

/// An http or https address, parsed once: the address that is checked is the one that is connected to.
package struct OutboundURL: Sendable, Equatable {
  package let isSecure: Bool
  /// A name, or an IP address without brackets.
  package let host: String
  package let port: Int
  /// Path and query as they are sent, beginning with a slash.
  package let target: String

  /// No address that a person typed is longer.
  package static let longest = 2048

  /// Nil for another scheme, a user name, an empty host, control characters, or anything that is not a URL.
  package init?(_ text: String) {
    guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
      let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", parts.user == nil, parts.password == nil, let host = parts.host
    else { return nil }
    isSecure = scheme == "https"
    let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    guard !bare.isEmpty, bare.utf8.count <= 253, !bare.contains("%") else { return nil }
    self.host = bare.lowercased()
    port = parts.port ?? (isSecure ? 443 : 80)
    guard (1...65_535).contains(port) else { return nil }
    let path = parts.percentEncodedPath
    target = (path.hasPrefix("/") ? path : "/" + path) + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
  }

  /// The target of a redirect; nil if we do not follow it: it is not such a URL, or leaves https for http.
  package func redirected(to location: String) -> OutboundURL? {
    let base = URL(string: "\(isSecure ? "https" : "http")://\(authority)\(target)")
    guard let next = base.flatMap({ URL(string: location, relativeTo: $0) }).flatMap({ OutboundURL($0.absoluteString) })
    else { return nil }
    return isSecure && !next.isSecure ? nil : next
  }

  /// The `Host` field: the port only where it is not the scheme's own.
  package var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
  }
}
