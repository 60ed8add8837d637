// People/ owns users as administrators see them, with their claims and sign-in links.

import Encodings
import LatchkeyProtocol

/// People, for administrators.
enum UserRoutes {
  static let all: [Route] = [
    Route(.get, "/api/users", .api) { exchange in
      let query = try exchange.query()
      let message = Admin.ListUsers(
        page: try Admin.PageRequest(query, filters: Admin.UserFilter.names), filter: try Admin.UserFilter(query))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .users(let users): return .json(.list(users) { .user($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/users", .api) { exchange in
      var fields = try exchange.json()
      let wished = fields.text("id").flatMap { $0.isEmpty ? nil : $0 }
      let id = wished.flatMap(UserID.init)
      if wished != nil, id == nil { fields.refuse("id", "invalid", "Expected a UUID.") }
      let groups = fields.groupIDs("userGroupIds")
      let account = Admin.Account(&fields)
      let sparesRetired = fields.flag("keepRetiredNames")
      try fields.check()
      let message = Admin.CreateUser(
        id: id, account: account, groups: groups, takesRetiredNames: !sparesRetired)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .created(let user): return .json(.user(user), .created)
      case .invalid(let problems): throw Refusal.account(problems)
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/users/:id", .api) { exchange in .json(.user(try await user(exchange))) },
    Route(.put, "/api/users/:id", .api) { exchange in
      var fields = try exchange.json()
      let account = Admin.Account(&fields)
      let sparesRetired = fields.flag("keepRetiredNames")
      try fields.check()
      let message = Admin.UpdateUser(
        id: try exchange.identifier("id"), account: account, takesRetiredNames: !sparesRetired)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .updated(let user): return .json(.user(user))
      case .invalid(let problems): throw Refusal.account(problems)
      case .refused(let refusal): throw Refusal(refusal)
      case .notFound: throw Refusal.userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/users/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = Admin.DeleteUser(id: try exchange.identifier("id"))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .deleted: return .noContent
      case .refused(let refusal): throw Refusal(refusal)
      case .notFound: throw Refusal.userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/users/:id/groups", .api) { exchange in
      var groups: [JSONValue] = []
      for group in try await user(exchange).groups ?? [] {
        // Its members are not read: for a user with many groups they would exceed what an answer holds.
        let message = Admin.GetGroup(id: group.id, withUsers: false)
        switch try await exchange.services.admin.send(message, exchange.call) {
        case .group(let group): groups.append(.group(group))
        // It was deleted a moment ago.
        case .notFound: continue
        case .denied(let denial): throw Refusal(denial)
        }
      }
      return .json(.array(groups))
    },
    Route(.put, "/api/users/:id/user-groups", .api) { exchange in
      var fields = try exchange.json()
      if fields["userGroupIds"] == nil { fields.refuse("userGroupIds", "required", "Is missing.") }
      let groups = fields.groupIDs("userGroupIds")
      try fields.check()
      let message = Admin.SetUserGroups(id: try exchange.identifier("id"), groups: groups)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .updated(let user): return .json(.user(user))
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .notFound: throw Refusal.userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  static func user(_ exchange: Exchange) async throws -> User {
    let message = Admin.GetUser(id: try exchange.identifier("id"))
    switch try await exchange.services.admin.send(message, exchange.call) {
    case .user(let user): return user
    case .notFound: throw Refusal.userNotFound
    case .denied(let denial): throw Refusal(denial)
    }
  }
}

extension Refusal {
  static let userNotFound = Refusal(.notFound, "user_not_found", "There is no such person.")
}

extension JSONFields {
  /// A list of groups' ids, each once.
  mutating func groupIDs(_ name: String) -> [GroupID] {
    var ids: [GroupID] = []
    for (index, text) in texts(name).enumerated() {
      guard let id = GroupID(text) else {
        refuse("\(name)[\(index)]", "invalid", "Expected a UUID.")
        continue
      }
      if !ids.contains(id) { ids.append(id) }
    }
    return ids
  }
}
