/// The messages of the `oidc` service: authorization requests, interactions, codes, tokens, keys. It owns every OAuth
/// and OpenID Connect rule, and the whole answer of the endpoints that they define (`HTTPAnswer`); it must not know
/// cookies, our routes (paths come with the message), pages or WebAuthn.
public enum OIDC {
  /// Why an authorization request ends on our own page: no redirect URI has been proven, or no user may follow it.
  public enum PageRefusal: Codable, Sendable, Equatable {
    /// `client_id` is missing or names no client.
    case unknownClient
    /// `redirect_uri` is missing or not registered for the client of this name.
    case redirectURI(clientName: String, isMissing: Bool? = nil)
    /// The request itself cannot be read: the sentence says why.
    case unreadable(String)
    /// The person is in none of the groups that may use the client of this name, which begins at `launchURL`.
    case notAllowed(clientName: String, launchURL: String? = nil)
  }

  /// The app that asks, as pages show it.
  public struct ClientSummary: Codable, Sendable, Equatable {
    public var id: String
    public var name: String
    public var description: String
    public var launchURL: String?
    public var requiresReauthentication: Bool
    /// Where the browser will be sent: the origin of the proven redirect URI.
    public var returnsTo: String?
    /// The app's logos.
    public var logos: LogoVersions?

    public init(
      id: String, name: String, description: String, launchURL: String?, requiresReauthentication: Bool,
      returnsTo: String?, logos: LogoVersions? = nil
    ) {
      self.id = id
      self.name = name
      self.description = description
      self.launchURL = launchURL
      self.requiresReauthentication = requiresReauthentication
      self.returnsTo = returnsTo
      self.logos = logos
    }
  }
}
