public import Foundation

extension Admin {
  /// A group of people.
  public struct Group: Codable, Sendable, Equatable, Identifiable {
    public var id: GroupID
    /// The value in the `groups` claim.
    public var name: String
    /// The name that people see.
    public var friendlyName: String
    public var customClaims: [CustomClaim]
    public var userCount: Int
    public var createdAt: Date

    public init(
      id: GroupID, name: String, friendlyName: String, customClaims: [CustomClaim], userCount: Int, createdAt: Date
    ) {
      self.id = id
      self.name = name
      self.friendlyName = friendlyName
      self.customClaims = customClaims
      self.userCount = userCount
      self.createdAt = createdAt
    }
  }

  /// A group with its members and the clients that it may use.
  public struct GroupDetail: Codable, Sendable, Equatable {
    public var group: Group
    /// By name, and only the first of very many; `group.userCount` counts all, `ListMembers` returns the rest.
    public var users: [User]
    /// The clients that have this group among their allowed ones, by name.
    public var allowedClients: [OIDC.ClientSummary]

    public init(group: Group, users: [User], allowedClients: [OIDC.ClientSummary]) {
      self.group = group
      self.users = users
      self.allowedClients = allowedClients
    }
  }

  public struct ListGroups: ServiceRequest {
    public static let method: MethodName = "admin.listGroups/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case groups(Page<Group>)
      case denied(Denial)
    }

    public var page: PageRequest

    public init(page: PageRequest) { self.page = page }
  }

  public struct GetGroup: ServiceRequest {
    public static let method: MethodName = "admin.getGroup/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case group(GroupDetail)
      case notFound
      case denied(Denial)
    }

    public var id: GroupID
    /// False leaves the members out; nil and true bring them.
    public var withUsers: Bool?

    public init(id: GroupID, withUsers: Bool? = nil) {
      self.id = id
      self.withUsers = withUsers
    }
  }

  /// The result of changing a group.
  public enum GroupChange: Codable, Sendable, Equatable, Deniable {
    case changed(GroupDetail)
    case invalid([FieldProblem])
    /// Another group has the name.
    case nameTaken
    case notFound
    case denied(Denial)
  }

  public struct CreateGroup: ServiceRequest {
    public static let method: MethodName = "admin.createGroup/1"
    public static let replay = Replay.replayable
    public typealias Response = GroupChange

    public var name: String
    public var friendlyName: String

    public init(name: String, friendlyName: String) {
      self.name = name
      self.friendlyName = friendlyName
    }
  }

  public struct UpdateGroup: ServiceRequest {
    public static let method: MethodName = "admin.updateGroup/1"
    public static let replay = Replay.replayable
    public typealias Response = GroupChange

    public var id: GroupID
    public var name: String
    public var friendlyName: String

    public init(id: GroupID, name: String, friendlyName: String) {
      self.id = id
      self.name = name
      self.friendlyName = friendlyName
    }
  }

  /// Deletes a group. Its members lose what it allowed; their accounts stay.
  public struct DeleteGroup: ServiceRequest {
    public static let method: MethodName = "admin.deleteGroup/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case deleted
      case notFound
      case denied(Denial)
    }

    public var id: GroupID

    public init(id: GroupID) { self.id = id }
  }

  /// Makes exactly these people the group's members.
  public struct SetMembers: ServiceRequest {
    public static let method: MethodName = "admin.setMembers/1"
    public static let replay = Replay.replayable
    public typealias Response = GroupChange

    public var id: GroupID
    public var users: [UserID]

    public init(id: GroupID, users: [UserID]) {
      self.id = id
      self.users = users
    }
  }

  /// Adds or removes one person, however many others there are.
  public struct ChangeMember: ServiceRequest {
    public static let method: MethodName = "admin.changeMember/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case changed
      /// No such group, or no such person.
      case notFound
      case denied(Denial)
    }

    public var id: GroupID
    public var user: UserID
    public var isMember: Bool

    public init(id: GroupID, user: UserID, isMember: Bool) {
      self.id = id
      self.user = user
      self.isMember = isMember
    }
  }

  /// The people in a group, or those not in it, who could be added.
  public struct ListMembers: ServiceRequest {
    public static let method: MethodName = "admin.listMembers/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case users(Page<User>)
      case notFound
      case denied(Denial)
    }

    public var id: GroupID
    /// False for those who are not in the group.
    public var members: Bool
    public var page: PageRequest

    public init(id: GroupID, members: Bool, page: PageRequest) {
      self.id = id
      self.members = members
      self.page = page
    }
  }

  /// The owner of custom claims.
  public enum ClaimOwner: Codable, Sendable, Equatable {
    case user(UserID)
    case group(GroupID)
  }

  /// Makes exactly these the custom claims of a user or group.
  public struct SetCustomClaims: ServiceRequest {
    public static let method: MethodName = "admin.setCustomClaims/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case claims([CustomClaim])
      /// A name that tokens use themselves.
      case reserved(String)
      /// A name that occurs twice.
      case duplicate(String)
      case invalid([FieldProblem])
      case notFound
      case denied(Denial)
    }

    public var owner: ClaimOwner
    public var claims: [CustomClaim]

    public init(owner: ClaimOwner, claims: [CustomClaim]) {
      self.owner = owner
      self.claims = claims
    }
  }

  /// Names of custom claims that are in use, the most used first.
  public struct SuggestClaims: ServiceRequest {
    public static let method: MethodName = "admin.suggestClaims/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case names([String])
      case denied(Denial)
    }

    public init() {}
  }
}
