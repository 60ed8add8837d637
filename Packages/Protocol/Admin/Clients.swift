public import Foundation

extension Admin {
  /// What an administrator decides about a client.
  public struct ClientSettings: Codable, Sendable, Equatable {
    public var name: String
    public var description = ""
    public var callbackURLs: [String]
    public var logoutCallbackURLs: [String] = []
    public var isPublic = false
    public var pkceEnabled = false
    public var requiresReauthentication = false
    public var skipConsent = false
    public var launchURL: String?
    /// Minutes, 1 to 525,600.
    public var accessTokenDurationMinutes = 60
    /// 30 days at first.
    public var refreshTokenDurationMinutes = 43_200
    /// Only members of the client's allowed groups may use it. Nil leaves it as it was; by default everyone may.
    public var isGroupRestricted: Bool?
    /// A `*` in callback and logout URLs matches anything. Nil leaves this and the following settings as they were.
    public var callbackPatterns: Bool?
    /// Claims about the person appear only in userinfo, not in the ID token (OpenID Connect Core §5.4).
    public var userinfoOnly: Bool?
    /// What ID tokens and logout tokens are signed with (RFC 7518 §3.1); RS256 by default.
    public var idTokenAlgorithm: String?
    /// What access tokens are signed with; RS256 by default.
    public var accessTokenAlgorithm: String?
    /// Where the app's server learns that a session has ended (OpenID Connect Back-Channel Logout 1.0 §2.2); empty for
    /// nowhere.
    public var backchannelLogoutURI: String?
    /// The app wants `sid` in every logout token. Every token about one session has it anyway.
    public var backchannelLogoutSessionRequired: Bool?
    /// What the browser loads when a session ends (OpenID Connect Front-Channel Logout 1.0 §2); empty for nothing.
    public var frontchannelLogoutURI: String?
    /// The app wants `iss` and `sid` with it.
    public var frontchannelLogoutSessionRequired: Bool?

    /// - Parameter change: sets whatever differs from a new app's defaults.
    public init(name: String, callbackURLs: [String], _ change: (inout ClientSettings) -> Void = { _ in }) {
      self.name = name
      self.callbackURLs = callbackURLs
      change(&self)
    }
  }

  /// A client secret, without the secret.
  public struct ClientSecret: Codable, Sendable, Equatable, Identifiable {
    public var id: ClientSecretID
    /// The first four characters, to tell secrets apart.
    public var prefix: String
    public var createdAt: Date
    public var expiresAt: Date?
    /// Within a minute; nil when it was never used.
    public var lastUsedAt: Date?

    public init(id: ClientSecretID, prefix: String, createdAt: Date, expiresAt: Date?, lastUsedAt: Date? = nil) {
      self.id = id
      self.prefix = prefix
      self.createdAt = createdAt
      self.expiresAt = expiresAt
      self.lastUsedAt = lastUsedAt
    }
  }

  /// A secret that was just made: the only time it is shown.
  public struct NewClientSecret: Codable, Sendable, Equatable {
    public var secret: Secret
    public var details: ClientSecret

    public init(secret: Secret, details: ClientSecret) {
      self.secret = secret
      self.details = details
    }
  }

  /// An app that people sign in to with this installation.
  public struct Client: Codable, Sendable, Equatable, Identifiable {
    public var id: String
    public var settings: ClientSettings
    public var secrets: [ClientSecret]
    public var createdAt: Date
    /// The groups that may use it while it is restricted; nil where the answer does not say (lists).
    public var allowedGroups: [Group]?
    /// The number of these groups.
    public var allowedGroupsCount: Int?
    /// The administrator who made it; nil where the response leaves it out, and for clients older than this field.
    public var createdBy: UserID?
    /// The logos that it has.
    public var logos: LogoVersions?
    /// It was imported from another product's export, and may hold values that could not be entered here.
    public var imported: Bool?

    public init(
      id: String, settings: ClientSettings, secrets: [ClientSecret], createdAt: Date, allowedGroups: [Group]? = nil,
      allowedGroupsCount: Int? = nil, createdBy: UserID? = nil, logos: LogoVersions? = nil, imported: Bool? = nil
    ) {
      self.id = id
      self.settings = settings
      self.secrets = secrets
      self.createdAt = createdAt
      self.allowedGroups = allowedGroups
      self.allowedGroupsCount = allowedGroupsCount
      self.createdBy = createdBy
      self.logos = logos
      self.imported = imported
    }
  }

  /// A list of clients shows those that fit every filter that is given.
  public struct ClientFilter: Codable, Sendable, Equatable {
    public var pkceEnabled: Bool?
    public var requiresReauthentication: Bool?
    public var skipConsent: Bool?
    public var isGroupRestricted: Bool?

    public init(
      pkceEnabled: Bool? = nil, requiresReauthentication: Bool? = nil, skipConsent: Bool? = nil,
      isGroupRestricted: Bool? = nil
    ) {
      self.pkceEnabled = pkceEnabled
      self.requiresReauthentication = requiresReauthentication
      self.skipConsent = skipConsent
      self.isGroupRestricted = isGroupRestricted
    }
  }

  public struct ListClients: ServiceRequest {
    public static let method: MethodName = "admin.listClients/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case clients(Page<Client>)
      case denied(Denial)
    }

    public var page: PageRequest
    /// Nil for all.
    public var filter: ClientFilter?

    public init(page: PageRequest, filter: ClientFilter? = nil) {
      self.page = page
      self.filter = filter
    }
  }

  public struct GetClient: ServiceRequest {
    public static let method: MethodName = "admin.getClient/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case client(Client)
      case notFound
      case denied(Denial)
    }

    public var id: String

    public init(id: String) { self.id = id }
  }

  /// The public facts about a client: its name and where it starts.
  public struct GetClientSummary: ServiceRequest {
    public static let method: MethodName = "admin.getClientSummary/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable {
      case client(OIDC.ClientSummary)
      case notFound
    }

    public var id: String

    public init(id: String) { self.id = id }
  }

  public struct CreateClient: ServiceRequest {
    public static let method: MethodName = "admin.createClient/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case created(Client)
      case invalid([FieldProblem])
      /// The requested id is in use.
      case idTaken
      case denied(Denial)
    }

    /// 2 to 128 characters of `[a-zA-Z0-9._-]`, or nil for a random one.
    public var id: String?
    public var settings: ClientSettings

    public init(id: String?, settings: ClientSettings) {
      self.id = id
      self.settings = settings
    }
  }

  public struct UpdateClient: ServiceRequest {
    public static let method: MethodName = "admin.updateClient/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case updated(Client)
      case invalid([FieldProblem])
      case notFound
      case denied(Denial)
    }

    public var id: String
    public var settings: ClientSettings

    public init(id: String, settings: ClientSettings) {
      self.id = id
      self.settings = settings
    }
  }

  /// Deletes a client with its secrets, consents and everything that was issued to it.
  public struct DeleteClient: ServiceRequest {
    public static let method: MethodName = "admin.deleteClient/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case deleted
      case notFound
      case denied(Denial)
    }

    public var id: String

    public init(id: String) { self.id = id }
  }

  /// Makes a client secret. Needs a proof for `clientSecret`, except for the first secret of a client that the same
  /// session created within the proof's lifetime: creating the client was the proven act.
  public struct CreateClientSecret: ServiceRequest {
    public static let method: MethodName = "admin.createClientSecret/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case created(NewClientSecret)
      case invalid([FieldProblem])
      /// The client holds `limit` secrets already.
      case full(limit: Int)
      case notFound
      case denied(Denial)
    }

    public var clientID: String
    /// A secret of the administrator's own (at least 16 printable ASCII characters), or nil for a random one.
    public var secret: Secret?
    public var expiresAt: Date?
    /// The client's other secrets are deleted.
    public var replacesOthers: Bool?

    public init(clientID: String, secret: Secret?, expiresAt: Date?, replacesOthers: Bool? = nil) {
      self.clientID = clientID
      self.secret = secret
      self.expiresAt = expiresAt
      self.replacesOthers = replacesOthers
    }
  }

  public struct DeleteClientSecret: ServiceRequest {
    public static let method: MethodName = "admin.deleteClientSecret/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case deleted
      case notFound
      case denied(Denial)
    }

    public var clientID: String
    public var secretID: ClientSecretID

    public init(clientID: String, secretID: ClientSecretID) {
      self.clientID = clientID
      self.secretID = secretID
    }
  }
}
