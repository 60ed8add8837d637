import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AdminService {
  func setMembers(_ message: Admin.SetMembers, _ call: Call) async throws(ServiceFailure) -> Admin.GroupChange {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      guard message.users.count <= Limits.groupUsersAtOnce else {
        return .invalid([FieldProblem("userIds", "too_many", "At most \(Limits.groupUsersAtOnce) at once.")])
      }
      let outcome: ListChange<Admin.Group> = try await change(call, by: principal) { change in
        guard let group = try await change.transaction.first(Groups.Lock(id: message.id)) else { return .notFound }
        let existing = Set(try await change.transaction.read(GroupMembers.Existing(message.users)))
        let unknown = message.users.indices.filter { !existing.contains(message.users[$0]) }
        guard change.mayLeaveOut(unknown.count, of: "userIds", logger) else { return .unknown(unknown) }
        let users = message.users.filter(existing.contains)
        let moved = try await change.transaction.write(GroupMembers.Replace(group: message.id, users: users)).rows
        var entry = change.entry(.groupUpdated)
        entry.about(group: message.id, name: group.name)
        entry.note(
          added: moved.filter(\.added).map(\.username), removed: moved.filter { !$0.added }.map(\.username), to: "users"
        )
        try await change.record(entry)
        return .changed(try await change.transaction.first(Groups.Get(id: message.id)) ?? group)
      }
      switch outcome {
      case .notFound: return .notFound
      case .unknown(let places): return .invalid(unknownProblems("userIds", places))
      case .changed(let group): return .changed(try await whole(group, call))
      }
    }
  }

  func changeMember(
    _ message: Admin.ChangeMember, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ChangeMember.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      return try await change(call, by: principal) { change in
        guard let group = try await change.transaction.first(Groups.Lock(id: message.id)) else { return .notFound }
        let move = GroupMembers.Change(group: message.id, user: message.user, isMember: message.isMember)
        guard let moved = try await change.transaction.write(move).rows.first else { return .notFound }
        if moved.changed {
          var entry = change.entry(.groupUpdated)
          entry.userID = message.user
          entry.username = moved.username
          entry.about(group: message.id, name: group.name)
          entry.note(
            added: message.isMember ? [moved.username] : [], removed: message.isMember ? [] : [moved.username],
            to: "users")
          try await change.record(entry)
        }
        return .changed
      }
    }
  }

  func listMembers(
    _ message: Admin.ListMembers, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListMembers.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard try await store.first(Groups.Get(id: message.id), call) != nil else { return .notFound }
      let page = try await store.page(message.page, call) {
        let list = Admin.ListBounds($0)
        return GroupMembers.List(
          group: message.id, members: message.members, search: list.search, limit: list.limit, offset: list.offset)
      }
      return .users(page)
    }
  }
}

/// The outcome of replacing a list of ids.
enum ListChange<Answer: Sendable>: Sendable {
  case changed(Answer)
  /// The positions of unknown ids.
  case unknown([Int])
  case notFound
}

/// Problems for unknown ids, by their positions in a list of the REST API.
func unknownProblems(_ field: String, _ places: [Int]) -> [FieldProblem] {
  places.map { FieldProblem("\(field)[\($0)]", "not_found", "This id names nothing.") }
}

extension AuditEntry {
  /// Records how a list changed, by name. For very many names, only their number.
  mutating func note(added: [String], removed: [String], to field: String) {
    func short(_ names: [String]) -> JSONValue {
      guard names.count > Limits.namesRecorded else { return .array(names.sorted().map { .string($0) }) }
      return .integer(Int64(names.count))
    }
    if !added.isEmpty { note("\(field) added", nil, short(added)) }
    if !removed.isEmpty { note("\(field) removed", short(removed), nil) }
  }
}
