/// Why a string is not a redirect URI that we would ever send a browser to.
public enum RedirectURIRefusal: Error, Sendable, Equatable {
  case empty
  case tooLong
  case controlCharacter
  case nonASCII
  case illegalCharacter(String)
  case malformedEscape
  case fragment
  case missingScheme
  case forbiddenScheme(String)
  case missingAuthority
  case emptyHost
  case userinfo
  case escapeInAuthority
  case malformedHost
  case malformedPort
  case malformedPath
  case dotSegment
}

/// A redirect URI, parsed once by our own strict parser: a subset of RFC 3986 in which no two parsers can disagree
/// about the host. Nothing is normalised; `text` is what was sent, byte for byte, and is what a browser gets.
public struct RedirectURI: Sendable, Hashable {
  public enum Host: Sendable, Hashable {
    case name(String)
    case ipv4(String)
    /// Without its brackets.
    case ipv6(String)
  }

  public let text: String
  /// Lower case.
  public let scheme: String
  /// Nil for a private-use scheme without an authority, or with an empty one (`app.immich:///callback`).
  public let host: Host?
  public let port: Int?
  /// As written, escapes kept.
  public let path: String
  /// As written, without its `?`; empty is not nil.
  public let query: String?

  public init(parsing text: String) throws(RedirectURIRefusal) {
    self = try RedirectURIParser.parse(text)
  }

  init(text: String, scheme: String, host: Host?, port: Int?, path: String, query: String?) {
    self.text = text
    self.scheme = scheme
    self.host = host
    self.port = port
    self.path = path
    self.query = query
  }

  public var isHTTP: Bool { scheme == "http" || scheme == "https" }

  /// RFC 8252 §7.3: `http` on a loopback IP literal. Not `localhost`: §8.3 warns that the name may resolve to, or be
  /// listened on by, something other than the loopback interface.
  public var isLoopback: Bool {
    scheme == "http" && (host == .ipv4("127.0.0.1") || host == .ipv6("::1"))
  }

  /// The name `localhost`, by `http`.
  var isLocalhost: Bool { scheme == "http" && host == .name("localhost") }
}

extension RedirectURIRefusal {
  /// One sentence that tells a person what to change. `name` is what the address is called where it is shown.
  public func sentence(_ name: String = "The redirect URI") -> String {
    switch self {
    case .empty: "\(name) is empty."
    case .tooLong: "\(name) is longer than \(Limits.redirectURI) bytes."
    case .controlCharacter: "\(name) has a space, a tab, a line break or another control character."
    case .nonASCII: "\(name) has characters outside ASCII: write the host in its xn-- form and escape the rest."
    case .illegalCharacter(let character): "\(name) has the character \(character), which no URI may contain."
    case .malformedEscape: "\(name) has a % that is not followed by two hexadecimal digits."
    case .fragment: "\(name) has a fragment (#)."
    case .missingScheme: "\(name) does not begin with a scheme such as https:."
    case .forbiddenScheme(let scheme): "\(name) uses the scheme \(scheme):, which is never allowed."
    case .missingAuthority: "\(name) has no // after http: or https:."
    case .emptyHost: "\(name) has no host."
    case .userinfo: "\(name) has an @ before its path: a user name in it is not allowed."
    case .escapeInAuthority: "\(name) has a %-escape in its host."
    case .malformedHost: "\(name) has a host that is neither a DNS name nor an IP address."
    case .malformedPort: "\(name) has a port that is not a number from 1 to 65535."
    case .malformedPath: "\(name) has a path that cannot be read."
    case .dotSegment: "\(name) has a . or .. segment in its path."
    }
  }
}
