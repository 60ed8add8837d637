import LatchkeyProtocol

/// The caller's own account.
enum OwnProfileRoutes {
  static let all: [Route] = [
    Route(.get, "/api/users/me", .api) { exchange in
      switch try await exchange.services.auth.send(Auth.CurrentUser(), exchange.call) {
      case .user(let user): return .json(.user(user))
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.put, "/api/users/me", .api) { exchange in
      var fields = try exchange.json()
      let profile = Profile(&fields)
      try fields.check()
      switch try await exchange.services.admin.send(Admin.UpdateOwnProfile(profile: profile), exchange.call)
      {
      case .updated(let user): return .json(.user(user))
      case .invalid(let problems): throw Refusal.account(problems)
      case .tooMany: throw Refusal.changedOften
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]
}
