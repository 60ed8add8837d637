/// How a client's registered callback and logout URLs are read.
public enum CallbackPatterns: Sendable, Hashable {
  /// Each is one address: a star in it is literal.
  case exact
  /// The same for a public client, which often runs on the user's own machine and listens on any free port: the port of
  /// `http://localhost` is as free as that of a loopback address. RFC 8252 §8.3 advises apps against that name; PKCE,
  /// which every public client must use, makes a code useless to another process that listens there.
  case native
  /// The administrator chose to let stars be wildcards.
  case chosen
  /// The same for a client from another product's export, which may hold patterns that nobody may enter here.
  case imported

  /// RFC 9700 §2.1 asks for exact comparison. If an administrator chose otherwise, the client's secret still stands
  /// between a stolen code and its tokens; a public client has none, so it never gets patterns.
  public init(isPublic: Bool, chosen: Bool, imported: Bool) {
    self = isPublic ? .native : !chosen ? .exact : imported ? .imported : .chosen
  }

  /// A registered text as a pattern; nil when it is one address, or a pattern that must not be used.
  func pattern(_ text: String) -> RedirectPattern? {
    guard isPattern(text), let pattern = try? RedirectPattern(parsing: text) else { return nil }
    return self == .imported || pattern.doubt == nil ? pattern : nil
  }

  /// Whether a registered text is meant as a pattern, good or not.
  func isPattern(_ text: String) -> Bool { areChosen && RedirectPattern.isPattern(text) }

  /// Whether stars are wildcards at all.
  var areChosen: Bool { self == .chosen || self == .imported }
}
