/// The messages of the `oidc` service: authorization requests, interactions, codes, tokens, keys.
/// It owns every OAuth and OpenID Connect rule; it must not know cookies, routes, HTTP statuses or WebAuthn.
public enum OIDC {
  /// A refusal in the form of RFC 6749 §5.2, for the endpoints that programs call.
  public struct Refusal: Codable, Sendable, Equatable {
    /// How the refusal is to be shown: the gateway alone knows the HTTP status that this means.
    public enum Kind: String, Codable, Sendable, Equatable {
      /// The request is wrong (400).
      case request
      /// The client did not authenticate (401 with a Basic challenge).
      case client
      /// The access token is missing or does not count (401 with a Bearer challenge, RFC 6750 §3).
      case token
      /// The access token counts, but not for this (403, RFC 6750 §3.1).
      case scope
    }

    public var kind: Kind
    /// The error code of the standard; nil when RFC 6750 §3.1 wants none (no token was sent).
    public var error: String?
    public var description: String

    public init(_ kind: Kind, error: String?, description: String) {
      self.kind = kind
      self.error = error
      self.description = description
    }
  }

  /// Why an authorization request ends on a page of ours, because no redirect URI has been proven or nobody may follow it.
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
    /// The logos that it has.
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
