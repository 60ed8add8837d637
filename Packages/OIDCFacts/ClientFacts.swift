// OIDCFacts are stored facts, as the Store decodes them and OIDC's rules take them: one representation, with nothing
// between table and rule. Values alone: they must not know SQL, messages, or any rule. Identifiers are text, as in
// tokens.

/// What the rules have to know about a client.
public struct ClientFacts: Sendable, Hashable {
  public let id: String
  /// It holds no secret: an app on a device, or a page.
  public let isPublic: Bool
  /// The administrator asks for PKCE although the client has a secret.
  public let pkceEnabled: Bool
  public let callbackURLs: [String]
  public let skipConsent: Bool
  /// Every sign-in to this client requires a passkey.
  public let requiresReauthentication: Bool
  public let isGroupRestricted: Bool
  /// A `*` in `callbackURLs` stands for anything.
  public let callbackPatterns: Bool
  /// It was imported from another product's export.
  public let isImported: Bool

  public init(
    id: String, isPublic: Bool, pkceEnabled: Bool, callbackURLs: [String], skipConsent: Bool = false,
    requiresReauthentication: Bool = false, isGroupRestricted: Bool = false, callbackPatterns: Bool = false,
    isImported: Bool = false
  ) {
    self.id = id
    self.isPublic = isPublic
    self.pkceEnabled = pkceEnabled
    self.callbackURLs = callbackURLs
    self.skipConsent = skipConsent
    self.requiresReauthentication = requiresReauthentication
    self.isGroupRestricted = isGroupRestricted
    self.callbackPatterns = callbackPatterns
    self.isImported = isImported
  }
}
