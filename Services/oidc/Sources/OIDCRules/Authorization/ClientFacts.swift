/// What the rules have to know about a client. Filled from its row by whoever read it.
public struct ClientFacts: Sendable, Hashable {
  public let id: String
  /// It holds no secret: an app on a device, or a page.
  public let isPublic: Bool
  /// The administrator asks for PKCE although the client has a secret.
  public let pkceEnabled: Bool
  public let callbackURLs: [String]
  public let skipConsent: Bool
  /// A passkey is asked for at every sign-in to this client.
  public let requiresReauthentication: Bool
  public let isGroupRestricted: Bool
  /// How `callbackURLs` are read.
  public let callbackPatterns: CallbackPatterns

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
    self.callbackPatterns = CallbackPatterns(isPublic: isPublic, chosen: callbackPatterns, imported: isImported)
  }

  /// RFC 9700 §2.1.1: public clients MUST use PKCE.
  public var requiresPKCE: Bool { isPublic || pkceEnabled }

  /// Whether a user may use this client at all. Asked when a code is given and again when it is redeemed.
  public func admits(inAllowedGroup: Bool) -> Bool { !isGroupRestricted || inAllowedGroup }
}
