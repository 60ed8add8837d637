public import Foundation

extension OIDC {
  /// A published signing key, as administrators see it: none of it is secret.
  public struct SigningKey: Codable, Sendable, Equatable {
    public enum State: String, Codable, Sendable, CaseIterable {
      /// Published, so that apps know it before it signs.
      case next
      /// Signs what uses its algorithm.
      case current
      /// Signs nothing more; accepted until `believedUntil`.
      case retired
    }

    /// The `kid` (RFC 7517 §4.5).
    public var id: String
    /// RFC 7518 §3.1, RFC 8037 §3.1.
    public var algorithm: String
    public var state: State
    public var publishedAt: Date
    /// Nil for one that has not signed yet.
    public var signsFrom: Date?
    public var retiredAt: Date?
    public var believedUntil: Date?

    public init(
      id: String, algorithm: String, state: State, publishedAt: Date, signsFrom: Date? = nil, retiredAt: Date? = nil,
      believedUntil: Date? = nil
    ) {
      self.id = id
      self.algorithm = algorithm
      self.state = state
      self.publishedAt = publishedAt
      self.signsFrom = signsFrom
      self.retiredAt = retiredAt
      self.believedUntil = believedUntil
    }
  }

  /// The published keys, signing ones first, and how often they rotate automatically.
  public struct SigningKeys: Codable, Sendable, Equatable {
    public var keys: [SigningKey]
    /// Days that a key signs; 0 until someone rotates it.
    public var rotationDays: Int

    public init(keys: [SigningKey], rotationDays: Int) {
      self.keys = keys
      self.rotationDays = rotationDays
    }
  }

  /// The signing keys, for administrators.
  public struct ListSigningKeys: ServiceRequest {
    public static let method: MethodName = "oidc.listSigningKeys/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case keys(SigningKeys)
      case denied(Admin.Denial)
    }

    public init() {}
  }

  /// Makes the next key of one or every algorithm sign from now on, and retires the one that signed. Needs a fresh
  /// proof of an administrator in a browser.
  public struct RotateSigningKeys: ServiceRequest {
    public static let method: MethodName = "oidc.rotateSigningKeys/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case rotated(SigningKeys)
      /// Nothing was rotated: another administrator did so at the same moment, or no next key has been published for
      /// long enough for apps to have seen it.
      case unchanged(SigningKeys)
      case unknownAlgorithm
      case denied(Admin.Denial)
    }

    /// Nil for every algorithm.
    public var algorithm: String?
    /// The keys that the caller saw signing: no others are retired. Nil for the ones that sign now.
    public var expected: [String]?

    public init(algorithm: String? = nil, expected: [String]? = nil) {
      self.algorithm = algorithm
      self.expected = expected
    }
  }

  /// Removes a key at once: nothing that it signed is accepted any more. Needs a fresh proof of an administrator in a
  /// browser.
  public struct RevokeSigningKey: ServiceRequest {
    public static let method: MethodName = "oidc.revokeSigningKey/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Admin.Deniable {
      case revoked(SigningKeys)
      case notFound
      case denied(Admin.Denial)
    }

    public var id: String

    public init(id: String) { self.id = id }
  }
}
