public import Foundation

extension Admin {
  /// A link by which people sign up.
  public struct SignupLink: Codable, Sendable, Equatable, Identifiable {
    public var id: SignupLinkID
    /// The token in the link `/st/…`.
    public var token: Secret
    public var expiresAt: Date
    public var usageLimit: Int
    public var usageCount: Int
    /// The groups that people who use it join.
    public var groups: [GroupSummary]
    public var createdAt: Date

    public init(
      id: SignupLinkID, token: Secret, expiresAt: Date, usageLimit: Int, usageCount: Int, groups: [GroupSummary],
      createdAt: Date
    ) {
      self.id = id
      self.token = token
      self.expiresAt = expiresAt
      self.usageLimit = usageLimit
      self.usageCount = usageCount
      self.groups = groups
      self.createdAt = createdAt
    }
  }

  /// Makes a link by which people sign up.
  public struct CreateSignupLink: ServiceRequest {
    public static let method: MethodName = "admin.createSignupLink/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case created(SignupLink)
      case invalid([FieldProblem])
      case denied(Denial)
    }

    public var lifetimeSeconds: Double
    public var usageLimit: Int
    public var groups: [GroupID]

    public init(lifetimeSeconds: Double, usageLimit: Int, groups: [GroupID]) {
      self.lifetimeSeconds = lifetimeSeconds
      self.usageLimit = usageLimit
      self.groups = groups
    }
  }

  /// All links, newest first unless another order is requested.
  public struct ListSignupLinks: ServiceRequest {
    public static let method: MethodName = "admin.listSignupLinks/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case links(Page<SignupLink>)
      case denied(Denial)
    }

    public var page: PageRequest

    public init(page: PageRequest) { self.page = page }
  }

  /// Deletes a link: it can no longer be used to sign up.
  public struct DeleteSignupLink: ServiceRequest {
    public static let method: MethodName = "admin.deleteSignupLink/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case deleted
      case notFound
      case denied(Denial)
    }

    public var id: SignupLinkID

    public init(id: SignupLinkID) { self.id = id }
  }
}
