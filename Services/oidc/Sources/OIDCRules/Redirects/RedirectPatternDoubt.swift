/// Why a pattern is too broad: only a client from another product's export may hold one.
public enum RedirectPatternDoubt: Sendable, Hashable {
  /// `*` alone.
  case anything
  /// The host's stars reach beyond one owner's hosts: anyone can own a host that matches.
  case anyOwner(host: String)

  /// One sentence that says what may go wrong.
  public var sentence: String {
    switch self {
    case .anything:
      "* alone fits every address: whoever gets somebody to follow a link receives their sign-in. Enter the app's address."
    case .anyOwner(let host):
      "Anybody can own a host that fits \(host), and receive sign-ins there. Name the domain that is yours."
    }
  }
}

extension RedirectPattern {
  /// What makes the pattern too broad; nil when only its owner's hosts match.
  public var doubt: RedirectPatternDoubt? {
    guard let parts else { return .anything }
    guard let last = parts.host.lastIndex(where: { $0.contains(Glob.star) }) else { return nil }
    let fixed = parts.host[(last + 1)...].map { String(decoding: $0, as: UTF8.self).lowercased() }
    guard !HostOwnership.isOneOwners(fixed) else { return nil }
    return .anyOwner(host: String(decoding: Array(parts.host.joined(separator: [UInt8(ascii: ".")])), as: UTF8.self))
  }
}
