// SetUp/ owns the first administrator and the guide's first steps.

import Encodings
import LatchkeyProtocol

/// The first administrator.
enum SetUpRoutes {
  static let all: [Route] = [
    Route(.get, "/api/signup/setup", .api) { exchange in
      switch try await exchange.services.auth.send(Auth.SetupStatus(), exchange.call) {
      case .open: return .noContent
      case .closed: throw closed
      }
    },
    Route(.post, "/api/signup/setup/start", .api, [.bindsBrowser], floods: [.general, .setup]) { exchange in
      var fields = try exchange.json()
      let profile = Profile(&fields)
      let code = fields.text("code").map { Secret($0) }
      let emailVerified = fields.optionalFlag("emailVerified")
      try fields.check()
      let message = Auth.BeginSetup(
        profile: profile, code: code, isFromThisMachine: exchange.isFromThisMachine, emailVerified: emailVerified)
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .begun(let ceremony): return try exchange.begun(ceremony, .setup)
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .closed: throw closed
      }
    },
    Route(.post, "/api/signup/setup", .api, floods: [.general, .setup]) { exchange in
      var fields = try exchange.json()
      // The profile is inside the sealed state; repeating it here is Pocket ID's form of the call.
      if fields["credential"]?.object == nil {
        fields.refuse(
          "credential", "required", "Begin with POST /api/signup/setup/start and send the passkey that it leads to.")
      }
      try fields.check()
      let reply = exchange.ceremonyReply(.setup, fields["credential"] ?? .null)
      switch try await exchange.services.auth.send(Auth.FinishSetup(answer: reply.answer), exchange.call) {
      case .signedIn(let signedIn): return exchange.signedIn(signedIn, after: reply, .created)
      case .refused(let refusal): throw exchange.refusal(refusal, reply)
      // It was open a moment ago, or this browser would have no state: another browser was quicker.
      case .closed:
        throw Refusal(.conflict, "setup_already_completed", "The first administrator exists already.")
      }
    },
  ]

  private static let closed = Refusal(
    .notFound, "setup_not_available",
    """
    Setting up is done, or its hour is over: restart to open it again while nobody has an account, or run \
    `latchkey open-setup`.
    """)
}

extension Exchange {
  /// The user, with the session in its cookie.
  func signedIn(
    _ signedIn: Auth.SignedIn, after reply: CeremonyReply?, _ status: Status = .ok
  ) -> Response {
    var response = Response.json(.user(signedIn.user), status)
    response.set(signedInCookie(signedIn))
    if let reply { end(reply, in: &response) }
    return response
  }
}
