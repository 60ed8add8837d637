import Encodings
import LatchkeyProtocol

/// One-time links and codes.
enum OneTimeAccessRoutes {
  /// How long a code lives unless the caller says otherwise, as in the REST API: 15 minutes.
  private static let usualSeconds = 15.0 * 60

  static let all: [Route] = [
    Route(.post, "/api/users/:id/one-time-access-token", .api) { exchange in
      var fields = try exchange.optionalJSON()
      let lifetime = fields.duration("ttl", whenAbsent: usualSeconds)
      try fields.check()
      let message = Auth.CreateOneTimeCode(user: try exchange.identifier("id"), lifetimeSeconds: lifetime)
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .created(let code): return .json(["token": .string(code.exposed)], .created)
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .notFound: throw userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/users/:id/one-time-access-email", .api) { exchange in
      var fields = try exchange.optionalJSON()
      let lifetime = fields.duration("ttl", whenAbsent: usualSeconds)
      try fields.check()
      let message = Auth.MailOneTimeCode(user: try exchange.identifier("id"), lifetimeSeconds: lifetime)
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .sent: return .noContent
      case .off: throw off
      case .noAddress: throw Refusal(.conflict, "user_email_not_set", "This person has no e-mail address.")
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .notFound: throw userNotFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(
      .post, "/api/one-time-access-email", .api, [.bindsBrowser], floods: [.general, .oneTimeEmail]
    ) { exchange in
      var fields = try exchange.json()
      let email = fields.requiredText("email")
      // A path that is not ours is left out rather than refused: the mail is what was asked for.
      let redirect = fields.text("redirectPath").flatMap { LocalPath($0) }
      try fields.check()
      let message = Auth.AskForOneTimeCode(email: email, redirect: redirect?.text)
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .heard: return .noContent
      case .off: throw off
      }
    },
    Route(
      .post, "/api/one-time-access-token/:token", .api, floods: [.general, .oneTimeCode]
    ) { exchange in
      _ = try exchange.optionalJSON()
      let message = Auth.SignInWithCode(code: Secret(exchange.parameter("token").prefix(bytes: 128)))
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .signedIn(let signedIn): return exchange.signedIn(signedIn, after: nil)
      case .wrong:
        throw Refusal(.unauthorized, "token_invalid_or_expired", "This login code is wrong, used, or too old.")
      case .anotherBrowser:
        throw Refusal(
          .unauthorized, "device_code_invalid", "This login code must be used on the device it was generated for.")
      case .userDisabled: throw Refusal(.forbidden, "user_disabled", "This account is disabled.")
      case .tooMany(let seconds):
        throw Refusal(
          .tooManyRequests, "rate_limited", "Too many login codes were tried. Try again in \(seconds) s.",
          headers: [.retryAfter: "\(seconds)"])
      }
    },
  ]

  private static let off = Refusal(
    .forbidden, "one_time_access_disabled", "Login codes by e-mail are turned off here.")
  private static let userNotFound = Refusal(.notFound, "user_not_found", "There is no such user.")
}
