public import Encodings
public import Foundation

/// An introspection request as received (RFC 7662 §2.1): nothing in it is trusted.
public struct IntrospectionRequest: Sendable {
  let received: ReceivedForm

  public init(_ received: ReceivedForm) { self.received = received }

  /// The value of `introspection_endpoint_auth_methods_supported`. A public client has no secret: it may show a token.
  static let methods =
    ClientAuthenticationMethod.allCases.filter { $0 != .none }.map(\.rawValue) + ["Bearer"]

  /// Runs `IntrospectionRequest.checks` in order.
  public func checked() throws(OAuthError) -> CheckedIntrospectionRequest {
    var draft = Draft(received: received)
    for check in Self.checks { try check.run(&draft) }
    guard let asker = draft.asker, let token = draft.token else {
      throw OAuthError(.serverError, "The request could not be checked.")
    }
    return CheckedIntrospectionRequest(asker: asker, token: token)
  }

  static let checks: [FormCheck<Draft>] = [
    .query,
    .duplicates,
    FormCheck("asker", "RFC 7662 §2.1: a client that proves itself, or a token; exactly one of them", asker),
    FormCheck("token", "RFC 7662 §2.1", token),
  ]

  struct Draft: ClientDraft {
    let received: ReceivedForm
    var credentials: PresentedCredentials?
    var asker: CheckedIntrospectionRequest.Asker?
    var token: String?
  }

  private static func asker(_ draft: inout Draft) throws(OAuthError) {
    let (headers, form) = (draft.received.authorization, draft.received.form)
    if headers.count == 1, BearerToken.isScheme(of: headers[0]), try form.oauthValue("client_secret") == nil,
      try form.oauthValue("client_assertion") == nil, let token = try BearerToken.read(authorization: headers)
    {
      draft.asker = .bearer(token)
    } else {
      draft.asker = .client(try PresentedCredentials.read(authorization: headers, form: form))
    }
  }

  private static func token(_ draft: inout Draft) throws(OAuthError) {
    draft.token = try PresentedToken.read(draft.received.form)
  }
}

/// A well-formed introspection request. Prints without the tokens.
public struct CheckedIntrospectionRequest: Sendable, CustomStringConvertible, CustomReflectable {
  /// Who asks.
  public enum Asker: Sendable {
    case client(PresentedCredentials)
    /// An access token: it vouches for its client.
    case bearer(String)
  }

  public let asker: Asker
  public let token: String

  public var description: String { "<introspection request>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

extension AuthenticatedClient {
  /// Whether this client may ask about tokens: one that sends no secret has proved nothing (RFC 7662 §4).
  public func mayIntrospect() throws(OAuthError) {
    guard secretID != nil else {
      throw OAuthError(.invalidClient, "A public client has to show an access token of its own, as a Bearer token.")
    }
  }
}

/// The token that an introspection or a revocation is about.
enum PresentedToken {
  /// `token_type_hint` is only a hint (RFC 7662 §2.1, RFC 7009 §2.1): the token itself shows what it is.
  static func read(_ form: FormParameters) throws(OAuthError) -> String {
    guard let token = try form.oauthValue("token") else {
      throw OAuthError(.invalidRequest, "The parameter 'token' is missing.")
    }
    return token
  }
}

/// The answers of the introspection endpoint (RFC 7662 §2.2).
public enum Introspection {
  /// For a token that is unknown, dead or another client's: the three are not distinguished.
  public static let inactive: [String: JSONValue] = ["active": false]

  /// For a live access token: what it says itself, and no claims about the user except the name by which the client was
  /// told to know them.
  /// - Parameter username: of the user whom it stands for; nil for a client's own token.
  public static func payload(_ token: VerifiedAccessToken, username: String?) -> [String: JSONValue] {
    var answer = token.claims.filter { member in
      ["iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope", "auth_time", "acr", "amr"].contains(member.key)
    }
    answer["active"] = true
    answer["token_type"] = "Bearer"
    if token.scopes.contains(Scope.profile) { answer["username"] = username.map(JSONValue.string) }
    return answer
  }

  /// For a live refresh token. It has no type by which a resource could accept it.
  /// - Parameter scopes: what was granted.
  public static func payload(
    refreshTokenOf clientID: String, scopes: [String], issuer: String, userID: String, username: String,
    issuedAt: Date, expiresAt: Date
  ) -> [String: JSONValue] {
    var answer: [String: JSONValue] = [
      "active": true, "iss": .string(issuer), "sub": .string(userID), "client_id": .string(clientID),
      "scope": .string(scopes.joined(separator: " ")), "exp": JSONValue(secondsOf: expiresAt),
      "iat": JSONValue(secondsOf: issuedAt),
    ]
    if scopes.contains(Scope.profile) { answer["username"] = .string(username) }
    return answer
  }
}
