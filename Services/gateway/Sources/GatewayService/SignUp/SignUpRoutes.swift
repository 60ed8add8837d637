// SignUp/ owns how new users sign up by themselves, and the links that let them.

import LatchkeyProtocol

/// Making an account for the caller.
enum SignUpRoutes {
  static let all: [Route] = [
    Route(.post, "/api/signup", .api, [.bindsBrowser], floods: [.general, .signUp]) { exchange in
      var fields = try exchange.json()
      let profile = Profile(
        username: fields.requiredText("username"), email: fields.text("email").flatMap { $0.isEmpty ? nil : $0 },
        firstName: fields.text("firstName") ?? "", lastName: fields.text("lastName") ?? "")
      let link = fields.text("token").flatMap { $0.isEmpty ? nil : Secret($0) }
      try fields.check()
      switch try await exchange.services.auth.send(Auth.SignUp(profile: profile, link: link), exchange.call) {
      case .signedUp(let signedIn): return exchange.signedIn(signedIn, after: nil, .created)
      case .closed:
        throw Refusal(.forbidden, "open_signup_disabled", "Nobody can sign up here without an invitation.")
      case .linkInvalid:
        throw Refusal(.unauthorized, "token_invalid_or_expired", "This sign-up link is wrong, used up, or too old.")
      case .taken(let problems):
        throw Refusal.account(problems)
      case .invalid(let problems): throw Refusal.invalid(problems)
      }
    }
  ]
}
