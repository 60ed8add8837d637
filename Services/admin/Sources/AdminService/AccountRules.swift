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
  /// One for each field: that somebody has a name says more than that they had it.
  ///
  /// - Parameter takesRetired: a name that somebody had until recently stands in nobody's way.
  func problems(takesRetired: Bool = false) -> [FieldProblem] {
    ["username", "email"].compactMap { field in
      let ofField = filter { $0.field == field && !(takesRetired && $0.freeAt != nil) }
      return (ofField.first { $0.freeAt == nil } ?? ofField.first)?.problem
    }
  }
}

extension BrokenConstraint {
  /// What a write of an account says that broke a constraint: somebody signed up under the name at this very moment.
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
      // Empty and absent are the same to whoever reads the record.
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

  /// Which names had been kept for somebody else: apps that match by them take the new person for the old one.
  mutating func note(takenOver conflicts: [RetiredNames.Conflict]) {
    guard !conflicts.isEmpty else { return }
    data["takenOver"] = Set(conflicts.map(\.field)).sorted().joined(separator: ", ")
  }
}

extension Change {
  /// An entry about an account: what people do to themselves has no other actor.
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

  /// Who has, or had until recently, the names that a person does not have yet.
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
