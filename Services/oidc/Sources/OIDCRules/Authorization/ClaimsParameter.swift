/// The `claims` request parameter (OpenID Connect Core §5.5), read leniently: what it asks for is voluntary, so members
/// that nobody here knows are kept and not judged.
public struct ClaimsParameter: Sendable, Hashable {
  public let members: [String: ClaimValue]

  /// - Throws: `invalid_request` when it is not a JSON object.
  static func parse(_ text: String?) throws(OAuthError) -> ClaimsParameter? {
    guard let text else { return nil }
    guard let value = try? ClaimValue(json: text), let members = value.object else {
      throw OAuthError(.invalidRequest, "The claims parameter is not a JSON object.")
    }
    return ClaimsParameter(members: members)
  }

  /// Core §5.5.1: the subject that the ID token has to be about; it counts like an `id_token_hint`.
  public var subject: String? {
    members["id_token"]?.object?["sub"]?.object?["value"]?.string
  }
}
