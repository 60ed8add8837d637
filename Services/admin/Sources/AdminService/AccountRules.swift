import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

/// What an account may look like: the REST API's rules.
extension Admin.Account {
  var normalised: Admin.Account {
    var account = self
    account.profile = profile.normalised
    account.emailVerified = emailVerified && account.profile.email != nil
    return account
  }

  /// Everything that is wrong with a normalised account.
  func problems(_ settings: ApplicationSettings) -> [FieldProblem] { profile.problems(settings) }
}

extension Profile {
  /// Everything that is wrong with a normalised profile under these settings.
  func problems(_ settings: ApplicationSettings) -> [FieldProblem] {
    guard settings.requireUserEmail, email == nil else { return problems }
    return problems + [FieldProblem("email", "required", "An e-mail address is needed.")]
  }
}

extension FieldProblem {
  static let unknownGroup = FieldProblem("userGroupIds", "invalid", "One of these groups does not exist.")
}

extension [RetiredNames.Conflict] {
  /// One per field: a name in use says more than a retired one.
  ///
  /// - Parameter takesRetired: a name that another user had until recently is no conflict.
  func problems(takesRetired: Bool = false) -> [FieldProblem] {
    ["username", "email"].compactMap { field in
      let ofField = filter { $0.field == field && !(takesRetired && $0.freeAt != nil) }
      return (ofField.first { $0.freeAt == nil } ?? ofField.first)?.problem
    }
  }
}

extension BrokenConstraint {
  /// The problem when writing an account breaks a constraint: another user has just signed up under the name.
  var problem: FieldProblem {
    switch name {
    case "users_username_key": RetiredNames.Conflict(field: "username", freeAt: nil).problem
    case "users_email_key": RetiredNames.Conflict(field: "email", freeAt: nil).problem
    default: FieldProblem("id", "taken", "Somebody has this id.")
    }
  }
}

extension AuditEntry {
  /// Every field of an account that differs; nil for an account before it was made, and after it was deleted.
  mutating func note(from before: User?, to after: User?) {
    func text(_ field: String, _ value: (User) -> String?) {
      // Empty and absent are the same to a reader of the audit log.
      func shown(_ user: User?) -> JSONValue? {
        user.flatMap(value).flatMap { $0.isEmpty ? nil : JSONValue.string($0) }
      }
      note(field, shown(before), shown(after))
    }
    func flag(_ field: String, _ value: (User) -> Bool) {
      note(field, before.map { .bool(value($0)) }, after.map { .bool(value($0)) })
    }
    text("username", \.username)
    text("email", \.email)
    text("firstName", \.firstName)
    text("lastName", \.lastName)
    text("displayName", \.displayName)
    text("locale", \.locale)
    flag("emailVerified", \.emailVerified)
    flag("isAdmin", \.isAdmin)
    flag("disabled", \.disabled)
  }

  /// Which names were reserved for another user: apps that match by them take the new person for the old one.
  mutating func note(takenOver conflicts: [RetiredNames.Conflict]) {
    guard !conflicts.isEmpty else { return }
    data["takenOver"] = Set(conflicts.map(\.field)).sorted().joined(separator: ", ")
  }
}

extension Change {
  /// An entry about an account. It names no separate actor for what users do to their own account.
  func entry(_ event: AuditEvent, about user: User, subject: String = "") -> AuditEntry {
    var entry = entry(event, subject: subject)
    entry.userID = user.id
    entry.username = user.username
    if user.id == principal.user.id {
      entry.actorID = nil
      entry.actorName = nil
    }
    return entry
  }

  /// Users who have, or had until recently, the names that are new to this person.
  func conflicts(
    of id: UserID, before: User?, _ profile: Profile
  ) async throws(DatabaseFailure) -> [RetiredNames.Conflict] {
    func isNew(_ name: String?, _ old: String?) -> Bool { name?.lowercased() != old?.lowercased() }
    return try await transaction.read(
      RetiredNames.Conflicts(
        of: id, username: isNew(profile.username, before?.username) ? profile.username : nil,
        email: isNew(profile.email, before?.email) ? profile.email : nil))
  }
}
