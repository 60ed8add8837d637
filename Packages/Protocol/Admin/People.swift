extension Admin {
  /// What an administrator decides about an account.
  public struct Account: Codable, Sendable, Equatable {
    public var profile: Profile
    public var emailVerified: Bool
    public var isAdmin: Bool
    public var disabled: Bool

    public init(profile: Profile, emailVerified: Bool = false, isAdmin: Bool = false, disabled: Bool = false) {
      self.profile = profile
      self.emailVerified = emailVerified
      self.isAdmin = isAdmin
      self.disabled = disabled
    }
  }

  /// Why an account may not be changed in this way, no matter which caller asks.
  public enum AccountRefusal: String, Codable, Sendable, Equatable {
    /// It would leave no one to administer this installation.
    case lastAdministrator
    /// Administrators may not lock themselves out.
    case ownAccount
  }

  /// A list of people shows those who fit every filter that is given.
  public struct UserFilter: Codable, Sendable, Equatable {
    public var isAdmin: Bool?
    public var disabled: Bool?
    public var emailVerified: Bool?

    public init(isAdmin: Bool? = nil, disabled: Bool? = nil, emailVerified: Bool? = nil) {
      self.isAdmin = isAdmin
      self.disabled = disabled
      self.emailVerified = emailVerified
    }
  }

  /// One page of people.
  public struct ListUsers: ServiceRequest {
    public static let method: MethodName = "admin.listUsers/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case users(Page<User>)
      case denied(Denial)
    }

    public var page: PageRequest
    public var filter: UserFilter

    public init(page: PageRequest, filter: UserFilter = UserFilter()) {
      self.page = page
      self.filter = filter
    }
  }

  public struct GetUser: ServiceRequest {
    public static let method: MethodName = "admin.getUser/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case user(User)
      case notFound
      case denied(Denial)
    }

    public var id: UserID

    public init(id: UserID) { self.id = id }
  }

  /// Makes an account. Making an administrator needs a proof for `newAdministrator`, unless an API key acts.
  public struct CreateUser: ServiceRequest {
    public static let method: MethodName = "admin.createUser/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case created(User)
      /// A name that another has, or had until recently, has the code `taken` or `retired`.
      case invalid([FieldProblem])
      case denied(Denial)
    }

    /// Nil for a random one.
    public var id: UserID?
    public var account: Account
    /// Those that do not exist are refused, or left out where an API key acts.
    public var groups: [GroupID]
    /// Gives this person names that are still reserved for their recent holders.
    public var takesRetiredNames: Bool?

    public init(
      id: UserID? = nil, account: Account, groups: [GroupID] = [], takesRetiredNames: Bool? = nil
    ) {
      self.id = id
      self.account = account
      self.groups = groups
      self.takesRetiredNames = takesRetiredNames
    }
  }

  /// Changes an account. Making or enabling an administrator needs a proof for `newAdministrator`, unless an API key
  /// acts. Disabling ends the person's sessions and the grants that apps hold. The last administrator who can sign
  /// in stays one, unless the static key acts.
  public struct UpdateUser: ServiceRequest {
    public static let method: MethodName = "admin.updateUser/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case updated(User)
      case invalid([FieldProblem])
      case refused(AccountRefusal)
      case notFound
      case denied(Denial)
    }

    public var id: UserID
    public var account: Account
    /// Gives this person names that are still reserved for their recent holders.
    public var takesRetiredNames: Bool?

    public init(id: UserID, account: Account, takesRetiredNames: Bool? = nil) {
      self.id = id
      self.account = account
      self.takesRetiredNames = takesRetiredNames
    }
  }

  /// Deletes an account with everything that belongs to it; the audit log stays. Only the static key can delete the
  /// last administrator who can sign in.
  public struct DeleteUser: ServiceRequest {
    public static let method: MethodName = "admin.deleteUser/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case deleted
      case refused(AccountRefusal)
      case notFound
      case denied(Denial)
    }

    public var id: UserID

    public init(id: UserID) { self.id = id }
  }

  /// Puts a person into exactly these groups.
  public struct SetUserGroups: ServiceRequest {
    public static let method: MethodName = "admin.setUserGroups/1"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case updated(User)
      case invalid([FieldProblem])
      case notFound
      case denied(Denial)
    }

    public var id: UserID
    public var groups: [GroupID]

    public init(id: UserID, groups: [GroupID]) {
      self.id = id
      self.groups = groups
    }
  }

  /// The caller changes their own profile, or only its locale where people may not edit their accounts. A new e-mail
  /// address is unverified until it is proven, unless every address counts as verified.
  public struct UpdateOwnProfile: ServiceRequest {
    public static let method: MethodName = "admin.updateOwnProfile/2"
    public static let replay = Replay.replayable

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case updated(User)
      /// A name that another has, or had until recently, has the code `taken` or `retired`.
      case invalid([FieldProblem])
      /// The person has reached this hour's limit for changing their account.
      case tooMany
      case denied(Denial)
    }

    public var profile: Profile

    public init(profile: Profile) { self.profile = profile }
  }
}
