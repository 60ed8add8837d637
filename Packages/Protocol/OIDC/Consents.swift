public import Encodings
public import Foundation

extension OIDC {
  /// A person's consent to a client.
  public struct Consent: Codable, Sendable, Equatable {
    public var client: ClientSummary
    public var scopes: [String]
    public var lastUsedAt: Date

    public init(client: ClientSummary, scopes: [String], lastUsedAt: Date) {
      self.client = client
      self.scopes = scopes
      self.lastUsedAt = lastUsedAt
    }
  }

  /// A client that a person may use.
  public struct AccessibleClient: Codable, Sendable, Equatable {
    public var client: ClientSummary
    /// Nil when they never did.
    public var lastUsedAt: Date?
    /// There is a consent that can be revoked.
    public var hasConsent: Bool
    /// The scopes consented to; nil without a consent.
    public var scopes: [String]?

    public init(client: ClientSummary, lastUsedAt: Date?, hasConsent: Bool, scopes: [String]? = nil) {
      self.client = client
      self.lastUsedAt = lastUsedAt
      self.hasConsent = hasConsent
      self.scopes = scopes
    }
  }

  /// A person's consents: the caller's own, or for an administrator any person's.
  public struct ListConsents: ServiceRequest {
    public static let method: MethodName = "oidc.listConsents/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case consents(Admin.Page<Consent>)
      case denied(Admin.Denial)
    }

    /// Nil for the caller.
    public var user: UserID?
    public var page: Admin.PageRequest

    public init(user: UserID?, page: Admin.PageRequest) {
      self.user = user
      self.page = page
    }
  }

  /// The clients that the caller may use.
  public struct ListAccessibleClients: ServiceRequest {
    public static let method: MethodName = "oidc.listAccessibleClients/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case clients(Admin.Page<AccessibleClient>)
      case notSignedIn
    }

    public var page: Admin.PageRequest

    public init(page: Admin.PageRequest) { self.page = page }
  }

  /// The caller revokes a consent: every token issued under it becomes invalid at once.
  public struct RevokeConsent: ServiceRequest {
    public static let method: MethodName = "oidc.revokeConsent/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable {
      case revoked
      case notFound
      case notSignedIn
    }

    public var clientID: String

    public init(clientID: String) { self.clientID = clientID }
  }

  /// What tokens would say, for an administrator who sets a client up. Nothing is signed and nothing is stored.
  public struct PreviewTokens: ServiceRequest {
    public static let method: MethodName = "oidc.previewTokens/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case preview(Preview)
      /// No such client, or no such person.
      case notFound
      /// The person may not use the client, or is disabled.
      case notAllowed
      case invalid(FieldProblem)
      case denied(Admin.Denial)
    }

    public struct Preview: Codable, Sendable, Equatable {
      public var idToken: JSONValue
      public var accessToken: JSONValue
      public var userInfo: JSONValue
      /// The tokens' JOSE headers, without the key that will sign.
      public var idTokenHeader: JSONValue?
      public var accessTokenHeader: JSONValue?

      public init(
        idToken: JSONValue, accessToken: JSONValue, userInfo: JSONValue, idTokenHeader: JSONValue? = nil,
        accessTokenHeader: JSONValue? = nil
      ) {
        self.idToken = idToken
        self.accessToken = accessToken
        self.userInfo = userInfo
        self.idTokenHeader = idTokenHeader
        self.accessTokenHeader = accessTokenHeader
      }
    }

    public var clientID: String
    public var user: UserID
    /// As an authorization request names them, separated by spaces.
    public var scope: String

    public init(clientID: String, user: UserID, scope: String) {
      self.clientID = clientID
      self.user = user
      self.scope = scope
    }
  }
}
