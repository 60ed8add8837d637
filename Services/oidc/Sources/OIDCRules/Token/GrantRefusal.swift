/// Why a code or a refresh token was refused.
public enum GrantRefusal: Error, Sendable, Hashable {
  case refused(OAuthError)
  /// Its rightful owner presented it again after use (RFC 6749 §4.1.2, RFC 9700 §4.14.2): everything that came of it
  /// has to end.
  case reused(OAuthError)

  public var error: OAuthError {
    switch self {
    case .refused(let error), .reused(let error): error
    }
  }

  static func invalid(_ description: String) -> GrantRefusal { .refused(OAuthError(.invalidGrant, description)) }
}
