// Groups/ owns groups of people.

import Encodings
import LatchkeyProtocol

/// Groups and their members, for administrators.
enum GroupRoutes {
  static let all: [Route] = [
    Route(.get, "/api/user-groups", .api) { exchange in
      let page = try Admin.PageRequest(exchange.query())
      switch try await exchange.services.admin.send(Admin.ListGroups(page: page), exchange.call) {
      case .groups(let groups): return .json(.list(groups) { .group($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/user-groups", .api) { exchange in
      let names = try await names(exchange)
      let message = Admin.CreateGroup(name: names.name, friendlyName: names.friendlyName)
      return try answer(await exchange.services.admin.send(message, exchange.call), .created)
    },
    Route(.get, "/api/user-groups/:id", .api) { exchange in
      let message = Admin.GetGroup(id: try exchange.identifier("id"))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .group(let group): return .json(.group(group))
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.put, "/api/user-groups/:id", .api) { exchange in
      let names = try await names(exchange)
      let message = Admin.UpdateGroup(
        id: try exchange.identifier("id"), name: names.name, friendlyName: names.friendlyName)
      return try answer(await exchange.services.admin.send(message, exchange.call))
    },
    Route(.delete, "/api/user-groups/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = Admin.DeleteGroup(id: try exchange.identifier("id"))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .deleted: return .noContent
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.put, "/api/user-groups/:id/users", .api) { exchange in
      var fields = try exchange.json()
      let users: [UserID] = fields.identifiers("userIds")
      try fields.check()
      let message = Admin.SetMembers(id: try exchange.identifier("id"), users: users)
      return try answer(await exchange.services.admin.send(message, exchange.call))
    },
    // Ours: a list of a hundred thousand is neither read nor written whole.
    Route(.get, "/api/user-groups/:id/users", .api) { exchange in try await people(exchange, members: true) },
    Route(.get, "/api/user-groups/:id/other-users", .api) { exchange in try await people(exchange, members: false) },
    Route(.put, "/api/user-groups/:id/users/:userId", .api) { exchange in try await move(exchange, isMember: true) },
    Route(.delete, "/api/user-groups/:id/users/:userId", .api) { exchange in
      try await move(exchange, isMember: false)
    },
  ]

  /// The outcome of a change.
  static func answer(_ change: Admin.GroupChange, _ status: Status = .ok) throws -> Response {
    switch change {
    case .changed(let group): return .json(.group(group), status)
    case .invalid(let problems): throw Refusal.invalid(problems)
    case .nameTaken:
      var refusal = Refusal(
        .conflict, "already_in_use", "",
        details: ["fields": [["field": "name", "code": "taken", "message": "Another group has this name."]]])
      refusal.say(inUse: "name")
      throw refusal
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }

  private static func names(_ exchange: Exchange) async throws -> (name: String, friendlyName: String) {
    var fields = try exchange.json()
    let names = (name: fields.requiredText("name"), friendlyName: fields.requiredText("friendlyName"))
    try fields.check()
    return names
  }

  private static func people(_ exchange: Exchange, members: Bool) async throws -> Response {
    let message = Admin.ListMembers(
      id: try exchange.identifier("id"), members: members, page: try Admin.PageRequest(exchange.query()))
    switch try await exchange.services.admin.send(message, exchange.call) {
    case .users(let users): return .json(.list(users) { .user($0) })
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }

  private static func move(_ exchange: Exchange, isMember: Bool) async throws -> Response {
    _ = try exchange.optionalJSON()
    let message = Admin.ChangeMember(
      id: try exchange.identifier("id"), user: try exchange.identifier("userId"), isMember: isMember)
    switch try await exchange.services.admin.send(message, exchange.call) {
    case .changed: return .noContent
    case .notFound: throw Refusal.notFound
    case .denied(let denial): throw Refusal(denial)
    }
  }
}
