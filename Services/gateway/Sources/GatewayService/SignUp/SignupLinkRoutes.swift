import LatchkeyProtocol

/// Links by which people sign up, for administrators.
enum SignupLinkRoutes {
  static let all: [Route] = [
    Route(.get, "/api/signup-tokens", .api) { exchange in
      let page = try Admin.PageRequest(exchange.query())
      switch try await exchange.services.admin.send(Admin.ListSignupLinks(page: page), exchange.call) {
      case .links(let links): return .json(.list(links) { .signupLink($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/signup-tokens", .api) { exchange in
      var fields = try exchange.json()
      let lifetime = fields.duration("ttl", whenAbsent: nil)
      if fields["usageLimit"] == nil { fields.refuse("usageLimit", "required", "Is missing.") }
      let uses = fields.number("usageLimit", whenAbsent: 1)
      let groups = fields.groupIDs("userGroupIds")
      try fields.check()
      let message = Admin.CreateSignupLink(lifetimeSeconds: lifetime, usageLimit: uses, groups: groups)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .created(let link): return .json(.signupLink(link), .created)
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/signup-tokens/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = Admin.DeleteSignupLink(id: try exchange.identifier("id"))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .deleted: return .noContent
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]
}
