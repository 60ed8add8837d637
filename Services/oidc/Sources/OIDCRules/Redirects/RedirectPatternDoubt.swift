/// What an administrator should know about a pattern before people sign in by it.
public enum RedirectPatternDoubt: Sendable, Hashable {
  /// `*` alone.
  case anything
  /// The host's stars reach over what one owner holds: anybody can own a host that fits.
  case anyOwner(host: String)
  case anyScheme
  /// Every host below one name.
  case subdomains(host: String)
  case anyPort
  /// Every page of the app, and with it any that sends browsers on elsewhere.
  case anyPath

  /// Only a client that came with another product's export may hold such a pattern.
  public var isTooBroad: Bool {
    switch self {
    case .anything, .anyOwner: true
    case .anyScheme, .subdomains, .anyPort, .anyPath: false
    }
  }

  /// One sentence that says what may go wrong.
  public var sentence: String {
    switch self {
    case .anything:
      "* alone fits every address: whoever gets somebody to follow a link receives their sign-in. Enter the app's address."
    case .anyOwner(let host):
      "Anybody can own a host that fits \(host), and receive sign-ins there. Name the domain that is yours."
    case .anyScheme: "It fits http too, where whoever is on the way can read the sign-in."
    case .subdomains(let host): "Whoever controls any host that fits \(host) can receive sign-ins."
    case .anyPort: "Whoever can listen on another port of the host can receive sign-ins."
    case .anyPath: "It fits every page below: one that sends browsers on elsewhere gives sign-ins away."
    }
  }
}

extension RedirectPattern {
  /// What is doubtful about the pattern, the worst first; empty where a star stands for a part of a path or a query only.
  public var doubts: [RedirectPatternDoubt] {
    guard let parts else { return [.anything] }
    let host = String(decoding: Array(parts.host.joined(separator: [UInt8(ascii: ".")])), as: UTF8.self)
    var doubts: [RedirectPatternDoubt] = []
    if let last = parts.host.lastIndex(where: { $0.contains(Glob.star) }) {
      let fixed = parts.host[(last + 1)...].map { String(decoding: $0, as: UTF8.self).lowercased() }
      doubts.append(HostOwnership.isOneOwners(fixed) ? .subdomains(host: host) : .anyOwner(host: host))
    }
    if parts.scheme.contains(Glob.star), Glob.matches(parts.scheme, Array("http".utf8)) { doubts.append(.anyScheme) }
    if parts.port?.contains(Glob.star) == true { doubts.append(.anyPort) }
    if parts.path.contains(Glob.globstar) { doubts.append(.anyPath) }
    return doubts
  }

  /// Fit for an imported client only.
  public var isTooBroad: Bool { doubts.contains(where: \.isTooBroad) }
}
