import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AdminService {
  func listGroups(
    _ message: Admin.ListGroups, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListGroups.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      .groups(try await store.page(message.page, call) { Groups.List(ListQuery($0, usual: .friendlyName)) })
    }
  }

  func getGroup(
    _ message: Admin.GetGroup, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GetGroup.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard let group = try await store.first(Groups.Get(id: message.id), call) else { return .notFound }
      return .group(try await whole(group, withUsers: message.withUsers ?? true, call))
    }
  }

  func createGroup(
    _ message: Admin.CreateGroup, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GroupChange {
    let names = GroupNames(name: message.name, friendlyName: message.friendlyName)
    let id = GroupID(derivedUUID("group", call))
    return try await changeGroup(id, names, call) { change in
      let create = Groups.Create(id: id, name: names.name, friendlyName: names.friendlyName)
      if try await change.transaction.write(create).count == 1 {
        var entry = change.entry(.groupCreated)
        entry.note(group: id, before: nil, after: names)
        try await change.record(entry)
      }
      return try await change.transaction.first(Groups.Get(id: id))
    }
  }

  func updateGroup(
    _ message: Admin.UpdateGroup, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GroupChange {
    let names = GroupNames(name: message.name, friendlyName: message.friendlyName)
    return try await changeGroup(message.id, names, call) { change in
      guard let before = try await change.transaction.first(Groups.Lock(id: message.id)) else { return nil }
      let update = Groups.Update(id: message.id, name: names.name, friendlyName: names.friendlyName)
      try await change.transaction.write(update)
      var entry = change.entry(.groupUpdated)
      entry.note(group: message.id, before: GroupNames(before), after: names)
      try await change.record(entry)
      return try await change.transaction.first(Groups.Get(id: message.id))
    }
  }

  func deleteGroup(
    _ message: Admin.DeleteGroup, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteGroup.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        var entry = change.entry(.groupDeleted, subject: "\(message.id)")
        guard let before = try await change.transaction.first(Groups.Lock(id: message.id)) else {
          return try await change.wasDone(entry) ? .deleted : .notFound
        }
        try await change.transaction.write(Groups.Delete(id: message.id))
        entry.note(group: message.id, before: GroupNames(before), after: nil)
        entry.data["members"] = "\(before.userCount)"
        try await change.record(entry)
        return .deleted
      }
    }
  }

  /// A group with its members and the clients that it may use.
  func whole(
    _ group: Admin.Group, withUsers: Bool = true, _ call: Call
  ) async throws(ServiceFailure) -> Admin.GroupDetail {
    let limit = withUsers ? Limits.groupUsersShown : 0
    let users = try await store.search(
      GroupMembers.List(group: group.id, members: true, search: nil, limit: limit, offset: 0), call)
    let clients = try await store.read(ClientGroups.OfGroup(group: group.id), call)
    return Admin.GroupDetail(group: group, users: users.map(\.item), allowedClients: clients)
  }

  /// Checks the names, changes a group, and answers with the result; nil from the body means that it does not exist.
  private func changeGroup(
    _ id: GroupID, _ names: GroupNames, _ call: Call, _ body: @Sendable (Change) async throws -> Admin.Group?
  ) async throws(ServiceFailure) -> Admin.GroupChange {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      guard names.problems.isEmpty else { return .invalid(names.problems) }
      switch try await attemptChange(call, by: principal, body) {
      // The only constraint that a name can break: `user_groups_name_key`.
      case .failure: return .nameTaken
      case .success(nil): return .notFound
      case .success(let group?): return .changed(try await whole(group, call))
      }
    }
  }
}

/// The names of a group, cleaned of what surrounds them.
struct GroupNames: Sendable {
  let name: String
  let friendlyName: String

  init(name: String, friendlyName: String) {
    self.name = name.cleaned(characters: Limits.groupName.upperBound)
    self.friendlyName = friendlyName.cleaned(characters: Limits.groupFriendlyName.upperBound)
  }

  init(_ group: Admin.Group) {
    name = group.name
    friendlyName = group.friendlyName
  }

  /// The REST API's rules.
  var problems: [FieldProblem] {
    var problems: [FieldProblem] = []
    for (field, text, range) in [
      ("friendlyName", friendlyName, Limits.groupFriendlyName), ("name", name, Limits.groupName),
    ] {
      if text.isEmpty {
        problems.append(FieldProblem(field, "required", "A name is needed."))
      } else if text.isLonger(thanCharacters: range.upperBound) {
        problems.append(FieldProblem(field, "too_long", "At most \(range.upperBound) characters."))
      } else if text.count < range.lowerBound {
        problems.append(FieldProblem(field, "too_short", "At least \(range.lowerBound) characters."))
      } else if text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
        problems.append(FieldProblem(field, "invalid", "Control characters cannot be part of it."))
      }
    }
    return problems
  }
}

extension AuditEntry {
  /// Which group it is about.
  mutating func about(group id: GroupID, name: String) {
    data["groupID"] = "\(id)"
    data["group"] = name
  }

  /// What changed about a group; nil before it was made and after it is gone.
  mutating func note(group id: GroupID, before: GroupNames?, after: GroupNames?) {
    about(group: id, name: (after ?? before)?.name ?? "")
    note("name", before.map { .string($0.name) }, after.map { .string($0.name) })
    note("friendlyName", before.map { .string($0.friendlyName) }, after.map { .string($0.friendlyName) })
  }
}
