import Encodings
import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceStore
import Store

extension AdminService {
  func createUser(
    _ message: Admin.CreateUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateUser.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let account = message.account.normalised
      let problems = account.problems(try await store.settings(call)) + groupProblems(message.groups)
      guard problems.isEmpty else { return .invalid(problems) }
      // Derived from the request's id, so that a repeated request creates no second user.
      let id = message.id ?? UserID(derivedUUID("user", call))
      let outcome = try await attemptChange(call, by: principal) { change in
        try await self.create(id, account, message.groups, takesRetired: message.takesRetiredNames ?? false, change)
      }
      switch outcome {
      case .success(.created(let user)): return .created(try await store.detailed(user, call))
      case .success(let refusal): return refusal
      case .failure(let broken): return .invalid([broken.problem])
      }
    }
  }

  private func create(
    _ id: UserID, _ account: Admin.Account, _ groups: [GroupID], takesRetired: Bool, _ change: Change
  ) async throws -> Admin.CreateUser.Response {
    let transaction = change.transaction
    _ = try await transaction.first(Users.LockAccounts())
    var entry = change.entry(.userCreated)
    if try await change.wasDone(entry), let user = try await transaction.first(Users.Get(id: id)) {
      return .created(user)
    }
    let conflicts = try await change.conflicts(of: id, before: nil, account.profile)
    let problems = conflicts.problems(takesRetired: takesRetired)
    guard problems.isEmpty else { return .invalid(problems) }
    let joined = try await transaction.read(Users.LockGroups(groups))
    guard change.mayLeaveOut(Set(groups).count - joined.count, of: "userGroupIds", logger) else {
      return .invalid([.unknownGroup])
    }
    if account.isAdmin, !(try await change.uses(.newAdministrator)) { return .denied(.proofRequired) }
    guard let user = try await transaction.write(Users.Create(id: id, account)).rows.first else {
      throw Rollback(Admin.CreateUser.Response.invalid([FieldProblem("id", "taken", "This id is in use.")]))
    }
    try await transaction.write(RetiredNames.Exchange(of: id, before: nil, after: user))
    try await transaction.write(Users.SetGroups(id, joined.map(\.id)))
    entry.userID = id
    entry.username = user.username
    entry.note(from: nil, to: user)
    entry.note(takenOver: conflicts)
    if !joined.isEmpty { entry.note("groups", .null, .array(joined.map { .string($0.name) })) }
    try await change.record(entry)
    return .created(user)
  }

  func updateUser(
    _ message: Admin.UpdateUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.UpdateUser.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let account = message.account.normalised
      let problems = account.problems(try await store.settings(call))
      guard problems.isEmpty else { return .invalid(problems) }
      let outcome = try await attemptChange(call, by: principal) { change in
        try await self.update(message.id, account, takesRetired: message.takesRetiredNames ?? false, change)
      }
      switch outcome {
      case .success(.updated(let user)): return .updated(try await store.detailed(user, call))
      case .success(let refusal): return refusal
      case .failure(let broken): return .invalid([broken.problem])
      }
    }
  }

  private func update(
    _ id: UserID, _ account: Admin.Account, takesRetired: Bool, _ change: Change
  ) async throws -> Admin.UpdateUser.Response {
    let transaction = change.transaction
    _ = try await transaction.first(Users.LockAccounts())
    guard let before = try await transaction.first(Users.Get(id: id)) else { return .notFound }
    let wasInPower = before.isAdmin && !before.disabled
    if wasInPower, !account.isAdmin || account.disabled,
      let refusal = try await losesAdministrator(id, change)
    {
      return .refused(refusal)
    }
    let conflicts = try await change.conflicts(of: id, before: before, account.profile)
    let problems = conflicts.problems(takesRetired: takesRetired)
    guard problems.isEmpty else { return .invalid(problems) }
    // Enabling an administrator grants the same power as creating one.
    let isNew = account.isAdmin && (!before.isAdmin || before.disabled && !account.disabled)
    if isNew, !(try await change.uses(.newAdministrator)) { return .denied(.proofRequired) }
    let isNewAddress = account.profile.email?.lowercased() != before.email?.lowercased()
    // Sign-in codes are mailed there.
    if isNewAddress, account.profile.email != nil, !(try await change.uses(.emailAddress)) {
      return .denied(.proofRequired)
    }
    let update = Users.Update(id: id, account, wait: isNewAddress ? MailedCodes.Wait.none : nil)
    guard let after = try await transaction.write(update).rows.first else { return .notFound }
    if isNewAddress, let former = before.email {
      let news = try newAddressMail(to: former, account.profile.email, waits: false, nil, change.call)
      try await transaction.write(Outbox.Tell(id, news))
    }
    try await transaction.write(RetiredNames.Exchange(of: id, before: before, after: after))
    if after.disabled, !before.disabled { try await transaction.write(Users.EndEverything(of: id)) }
    var entry = change.entry(.userUpdated, about: after)
    entry.note(from: before, to: after)
    entry.note(takenOver: conflicts)
    try await change.record(entry)
    return .updated(after)
  }

  func deleteUser(
    _ message: Admin.DeleteUser, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteUser.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in try await self.delete(message.id, change) }
    }
  }

  private func delete(_ id: UserID, _ change: Change) async throws -> Admin.DeleteUser.Response {
    let transaction = change.transaction
    _ = try await transaction.first(Users.LockAccounts())
    var entry = change.entry(.userDeleted, subject: "\(id)")
    guard let before = try await transaction.first(Users.Get(id: id)) else {
      return try await change.wasDone(entry) ? .deleted : .notFound
    }
    if id == change.principal.user.id || before.isAdmin && !before.disabled,
      let refusal = try await losesAdministrator(id, change)
    {
      return .refused(refusal)
    }
    try await transaction.write(RetiredNames.Exchange(of: id, before: before, after: nil))
    entry.userID = id
    entry.username = before.username
    entry.note(from: before, to: nil)
    // Before the account goes: the entry takes nothing from it, and neither needs the other.
    try await change.record(entry)
    try await transaction.write(Users.Delete(id: id))
    return .deleted
  }

  /// Why an enabled administrator may not lose the power to administer; nil when they may. The holder of the static key
  /// stays an administrator without any other, and may remove those that they set up.
  private func losesAdministrator(
    _ id: UserID, _ change: Change
  ) async throws(DatabaseFailure) -> Admin.AccountRefusal? {
    if change.principal.key?.isStatic == true { return id == change.principal.user.id ? .ownAccount : nil }
    guard try await change.transaction.first(Users.AnotherAdministrator(than: id)) == true else {
      return .lastAdministrator
    }
    return id == change.principal.user.id ? .ownAccount : nil
  }

  func setUserGroups(
    _ message: Admin.SetUserGroups, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SetUserGroups.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let problems = groupProblems(message.groups)
      guard problems.isEmpty else { return .invalid(problems) }
      let outcome: Admin.SetUserGroups.Response = try await change(call, by: principal) { change in
        let transaction = change.transaction
        _ = try await transaction.first(Users.LockAccounts())
        guard let user = try await transaction.first(Users.Get(id: message.id)) else { return .notFound }
        let wanted = try await transaction.read(Users.LockGroups(message.groups))
        guard change.mayLeaveOut(Set(message.groups).count - wanted.count, of: "userGroupIds", logger) else {
          return .invalid([.unknownGroup])
        }
        let before = try await transaction.first(Users.Details([message.id]))?.groups ?? []
        try await transaction.write(Users.SetGroups(message.id, wanted.map(\.id)))
        var entry = change.entry(.userUpdated, about: user)
        entry.note(
          "groups", .array(before.map { .string($0.name) }), .array(wanted.map { .string($0.name) }))
        try await change.record(entry)
        return .updated(user)
      }
      guard case .updated(let user) = outcome else { return outcome }
      return .updated(try await store.detailed(user, call))
    }
  }

  private func groupProblems(_ groups: [GroupID]) -> [FieldProblem] {
    guard groups.count > Limits.groupsOfPerson else { return [] }
    return [FieldProblem("userGroupIds", "too_many", "At most \(Limits.groupsOfPerson) groups.")]
  }
}
