/// What an administrator may register as a callback URL. Checked when it is saved, so that a mistake is shown in the
/// form and not to the first person who signs in.
public enum CallbackURL {
  public enum Refusal: Error, Sendable, Equatable {
    case malformed(RedirectURIRefusal)
    /// `*` is how a pattern would be written; an exact URL with a star in it helps nobody.
    case wildcard
    /// `http` on something else than the loopback interface, where that is not allowed.
    case insecure
    /// The query already has a parameter that the answer adds.
    case responseParameter(String)

    /// One sentence that tells the administrator what to change.
    public var sentence: String {
      switch self {
      case .malformed(let refusal): refusal.sentence("The callback URL")
      case .wildcard:
        "The callback URL has a *: wildcards are not supported, enter each URL exactly as the app sends it."
      case .insecure: "The callback URL uses http: use https, or http only with localhost, 127.0.0.1 or [::1]."
      case .responseParameter(let name):
        "The callback URL's query has the parameter \(name), which is added to every answer: remove it."
      }
    }
  }

  /// RFC 6749 §4.1.2, §4.1.2.1 and RFC 9207 §2: what the answer adds.
  private static let responseParameters: Set<String> = [
    "code", "state", "iss", "error", "error_description", "error_uri", "response", "id_token", "access_token",
  ]

  /// - Parameter allowInsecure: `ALLOW_INSECURE_CALLBACK_URLS`; without it `http` is for the loopback interface only.
  public static func validated(_ text: String, allowInsecure: Bool = true) throws(Refusal) -> RedirectURI {
    guard !text.utf8.contains(UInt8(ascii: "*")) else { throw .wildcard }
    let uri: RedirectURI
    do { uri = try RedirectURI(parsing: text) } catch { throw .malformed(error) }
    if uri.scheme == "http", !allowInsecure, !uri.isLoopback, uri.host != .name("localhost") { throw .insecure }
    let query = try? FormParameters(formEncoded: uri.query ?? "")
    for parameter in query?.all ?? [] where responseParameters.contains(parameter.name) {
      throw .responseParameter(parameter.name)
    }
    return uri
  }
}
