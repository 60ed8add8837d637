import Encodings

/// What an administrator may register as a callback or logout URL. Checked when it is saved, so that a mistake is shown
/// in the form and not to the first person who signs in.
public enum CallbackURL {
  public enum Refusal: Error, Sendable, Equatable {
    case malformed(RedirectURIRefusal)
    /// A star where stars are not wildcards: an exact URL with one in it is of no use.
    case wildcard
    /// An invalid pattern.
    case pattern(RedirectPatternRefusal)
    /// A pattern that a host of any owner could match.
    case tooBroad(RedirectPatternDoubt)
    /// The query already has a parameter that the response adds.
    case responseParameter(String)

    /// One sentence that tells the administrator what to change.
    public var sentence: String {
      switch self {
      case .malformed(let refusal), .pattern(.malformed(let refusal)): refusal.sentence("The callback URL")
      case .wildcard:
        """
        The callback URL has a *: enter each URL exactly as the app sends it, or, for a client with a secret, choose that \
        stars stand for anything.
        """
      case .pattern(.privateUseScheme):
        "The callback URL has a * and an app's own scheme: such an address is entered exactly."
      case .pattern(.globstar):
        "The callback URL has ** beside something else: it stands for whole segments of the path, between slashes."
      case .pattern(.queryName): "The callback URL has a * in the name of a parameter: it may stand in a value only."
      case .tooBroad(let doubt): doubt.sentence
      case .responseParameter(let name):
        "The callback URL's query has the parameter \(name), which is added to every answer: remove it."
      }
    }
  }

  /// RFC 6749 §4.1.2, §4.1.2.1 and RFC 9207 §2: what the response adds.
  private static let responseParameters: Set<String> = [
    "code", "state", "iss", "error", "error_description", "error_uri", "response", "id_token", "access_token",
  ]

  /// - Parameter patterns: how the client's entries are read.
  public static func validated(_ text: String, patterns: CallbackPatterns = .exact) throws(Refusal) {
    if RedirectPattern.isPattern(text) {
      try checkPattern(text, patterns)
    } else {
      do { _ = try RedirectURI(parsing: text) } catch { throw .malformed(error) }
    }
    try checkQuery(text)
  }

  private static func checkPattern(_ text: String, _ patterns: CallbackPatterns) throws(Refusal) {
    guard patterns.areChosen else { throw .wildcard }
    let pattern: RedirectPattern
    do { pattern = try RedirectPattern(parsing: text) } catch { throw .pattern(error) }
    if patterns != .imported, let doubt = pattern.doubt { throw .tooBroad(doubt) }
  }

  private static func checkQuery(_ text: String) throws(Refusal) {
    let query = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first ?? ""
    let fields = try? Form.fields(query.utf8, most: Limits.formParameters, longestName: Limits.parameterName)
    for field in fields ?? [] where responseParameters.contains(field.name) { throw .responseParameter(field.name) }
  }
}
