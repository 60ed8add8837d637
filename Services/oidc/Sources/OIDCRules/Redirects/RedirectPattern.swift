import Encodings

/// Why we would never use a text with a `*` in it as a pattern.
public enum RedirectPatternRefusal: Error, Sendable, Equatable {
  /// Apart from its stars, it is not a redirect URI.
  case malformed(RedirectURIRefusal)
  /// An app's own scheme is compared to the letter (RFC 8252 §7.1: nobody else decides who owns one).
  case privateUseScheme
  /// `**` next to other characters, or outside the path.
  case globstar
  /// A star in the name of a query parameter.
  case queryName
}

/// A callback URL in which stars are wildcards, component by component: what a star matches cannot cross the end of its
/// own component, label or segment.
///
/// | where | `*` stands for |
/// |---|---|
/// | scheme | part or all of `http` or `https`, nothing else |
/// | host | letters, digits, hyphens and underscores of one label, at least one |
/// | port | digits of a port that is written, at least one |
/// | path | one segment or part of it, at least one character, no escaped slash |
/// | query | part or all of one parameter's value |
///
/// `**` is one or more whole segments of the path. `*` alone is any `http` or `https` address.
public struct RedirectPattern: Sendable, Hashable {
  public let text: String
  /// Nil for `*` alone.
  let parts: Parts?

  struct Parts: Sendable, Hashable {
    let scheme: [UInt8]
    /// Labels in the order of the text.
    let host: [[UInt8]]
    /// Nil without one.
    let port: [UInt8]?
    /// Segments after each slash; empty for an empty path.
    let path: [[UInt8]]
    let query: [Parameter]?

    struct Parameter: Sendable, Hashable {
      let name: [UInt8]
      /// Nil without a `=`.
      let value: [UInt8]?
    }
  }

  /// Whether a registered text is meant as a pattern, where patterns are allowed at all.
  public static func isPattern(_ text: String) -> Bool { text.utf8.contains(Glob.star) }

  public init(parsing text: String) throws(RedirectPatternRefusal) {
    self.text = text
    parts = text == "*" ? nil : try RedirectPatternParser.parse(text)
  }

  /// It holds no scheme, host or path that narrows it down.
  public var matchesAnything: Bool { parts == nil }

  /// - Parameter uri: parsed, so that it has no userinfo, backslash, fragment, dot segment or control character
  ///   (CVE-2026-28512): only what is left has to be compared.
  public func matches(_ uri: RedirectURI) -> Bool {
    // RFC 8252 §7.1: an app's own scheme never matches a pattern.
    guard uri.isHTTP else { return false }
    guard parts != nil else { return true }
    return fits(scheme: String(uri.text.prefix(uri.scheme.count))) && fits(host: uri.hostText)
      // RFC 8252 §7.3: on a loopback address any port will do.
      && (uri.isLoopback || fits(port: uri.port.map { ":\($0)" } ?? "")) && fits(path: uri.path)
      && fits(query: uri.query.map { "?\($0)" } ?? "")
  }

  func fits(scheme: String) -> Bool { parts.map { Glob.matches($0.scheme, Array(scheme.utf8)) } ?? true }

  func fits(host: String) -> Bool {
    guard let parts else { return true }
    let labels = RedirectPatternParser.labels(Array(host.utf8))
    // An address is not a name: its numbers are not labels that a star could match.
    if IPAddress.isIPv4(host) || host.hasPrefix("[") { return labels == parts.host }
    return labels.count == parts.host.count && zip(parts.host, labels).allSatisfy { Glob.matches($0, $1) }
  }

  /// - Parameter port: with its colon; empty for none.
  func fits(port: String) -> Bool {
    guard let parts else { return true }
    guard let pattern = parts.port else { return port.isEmpty }
    return port.hasPrefix(":") && Glob.matches(pattern, Array(port.utf8.dropFirst()))
  }

  func fits(path: String) -> Bool {
    guard let parts else { return true }
    return path.isEmpty == parts.path.isEmpty
      && Glob.matchesPath(parts.path, RedirectPatternParser.segments(Array(path.utf8)))
  }

  /// The same parameters, in any order between names and in the same order within one.
  ///
  /// - Parameter query: with its question mark; empty for none.
  func fits(query: String) -> Bool {
    guard let parts else { return true }
    guard let pattern = parts.query else { return query.isEmpty }
    guard query.hasPrefix("?") else { return false }
    var left = RedirectPatternParser.parameters(Array(query.utf8.dropFirst()))
    guard left.count == pattern.count else { return false }
    for parameter in pattern {
      guard let index = left.firstIndex(where: { $0.name == parameter.name }) else { return false }
      switch (parameter.value, left.remove(at: index).value) {
      case (nil, nil), (.some([Glob.star]), .some): continue
      case (.some(let glob), .some(let value)) where Glob.matches(glob, value): continue
      default: return false
      }
    }
    return true
  }
}

extension RedirectURI {
  /// As it is written, an IPv6 address in its brackets; empty without one.
  var hostText: String {
    switch host {
    case .name(let name): name
    case .ipv4(let address): address
    case .ipv6(let address): "[\(address)]"
    case nil: ""
    }
  }
}
