public import Foundation

extension Admin {
  /// A key of the REST API, without the key. It acts with its owner's rights.
  public struct APIKey: Codable, Sendable, Equatable, Identifiable {
    public var id: APIKeyID
    public var name: String
    public var description: String?
    public var expiresAt: Date
    public var lastUsedAt: Date?
    public var createdAt: Date
    public var expirationEmailSent: Bool

    public init(
      id: APIKeyID, name: String, description: String?, expiresAt: Date, lastUsedAt: Date?, createdAt: Date,
      expirationEmailSent: Bool
    ) {
      self.id = id
      self.name = name
      self.description = description
      self.expiresAt = expiresAt
      self.lastUsedAt = lastUsedAt
      self.createdAt = createdAt
      self.expirationEmailSent = expirationEmailSent
    }
  }

  /// A key that was just made: the only time that it is shown.
  public struct NewAPIKey: Codable, Sendable, Equatable {
    public var key: APIKey
    public var token: Secret

    public init(key: APIKey, token: Secret) {
      self.key = key
      self.token = token
    }
  }

  /// The caller's own keys.
  public struct ListAPIKeys: ServiceRequest {
    public static let method: MethodName = "admin.listAPIKeys/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case keys(Page<APIKey>)
      case denied(Denial)
    }

    public var page: PageRequest

    public init(page: PageRequest) { self.page = page }
  }

  /// Makes a key of the caller's own. Needs a session and a proof for `apiKey`.
  public struct CreateAPIKey: ServiceRequest {
    public static let method: MethodName = "admin.createAPIKey/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case created(NewAPIKey)
      case invalid([FieldProblem])
      /// The time has passed, or is too far in the future for any calendar.
      case expirationInvalid
      /// The caller has `limit` keys already.
      case full(limit: Int)
      case denied(Denial)
    }

    public var name: String
    public var description: String?
    public var expiresAt: Date

    public init(name: String, description: String?, expiresAt: Date) {
      self.name = name
      self.description = description
      self.expiresAt = expiresAt
    }
  }

  /// Makes a key for another user, for a program that acts in their name. An administrator's API key needs nothing
  /// else; a session needs a proof for `apiKey`.
  public struct CreateAPIKeyOfUser: ServiceRequest {
    public static let method: MethodName = "admin.createAPIKeyOfUser/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case created(NewAPIKey)
      case invalid([FieldProblem])
      /// The time has passed, or is too far in the future for any calendar.
      case expirationInvalid
      /// The person has `limit` keys already.
      case full(limit: Int)
      case notFound
      case denied(Denial)
    }

    public var user: UserID
    public var name: String
    public var description: String?
    public var expiresAt: Date

    public init(user: UserID, name: String, description: String?, expiresAt: Date) {
      self.user = user
      self.name = name
      self.description = description
      self.expiresAt = expiresAt
    }
  }

  /// Gives one of the caller's expired keys a new token and a new lifetime. Needs a session and a proof for `apiKey`.
  public struct RenewAPIKey: ServiceRequest {
    public static let method: MethodName = "admin.renewAPIKey/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case renewed(NewAPIKey)
      /// It still works: renewing it would cut off any program that uses it.
      case notExpired
      case expirationInvalid
      case notFound
      case denied(Denial)
    }

    public var id: APIKeyID
    public var expiresAt: Date

    public init(id: APIKeyID, expiresAt: Date) {
      self.id = id
      self.expiresAt = expiresAt
    }
  }

  /// Ends one of the caller's keys, at once and for good.
  public struct RevokeAPIKey: ServiceRequest {
    public static let method: MethodName = "admin.revokeAPIKey/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case revoked
      case notFound
      case denied(Denial)
    }

    public var id: APIKeyID

    public init(id: APIKeyID) { self.id = id }
  }
}
