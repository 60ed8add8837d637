import Encodings
import LatchkeyProtocol

/// The caller's own passkeys.
enum PasskeyRoutes {
  static let all: [Route] = [
    Route(.get, "/api/webauthn/register/start", .api, [.bindsBrowser, .browserOnly]) { exchange in
      switch try await exchange.services.auth.send(Auth.BeginPasskey(), exchange.call) {
      case .begun(let ceremony): return try exchange.begun(ceremony, .passkey)
      case .proofRequired: throw Refusal.proofRequired
      case .full(let limit):
        throw Refusal(.conflict, "too_many_passkeys", "An account holds \(limit) passkeys at most. Remove one first.")
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.post, "/api/webauthn/register/finish", .api, [.browserOnly]) { exchange in
      let reply = try exchange.ceremonyReply(.passkey)
      switch try await exchange.services.auth.send(Auth.FinishPasskey(answer: reply.answer), exchange.call) {
      case .added(let passkey):
        var response = Response.json(.passkey(passkey))
        exchange.end(reply, in: &response)
        return response
      case .refused(let refusal): throw exchange.refusal(refusal, reply)
      case .proofRequired: throw Refusal.proofRequired
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.get, "/api/webauthn/credentials", .api) { exchange in
      switch try await exchange.services.auth.send(Auth.ListPasskeys(), exchange.call) {
      case .passkeys(let passkeys): return .json(.array(passkeys.map { .passkey($0) }))
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.patch, "/api/webauthn/credentials/:id", .api) { exchange in
      var fields = try exchange.json()
      let name = fields.requiredText("name")
      try fields.check()
      let message = Auth.RenamePasskey(id: try exchange.identifier("id"), name: name)
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .renamed(let passkey): return .json(.passkey(passkey))
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .notFound: throw Refusal.notFound
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.delete, "/api/webauthn/credentials/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = Auth.RemovePasskey(id: try exchange.identifier("id"))
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .removed: return .noContent
      case .lastOne:
        throw Refusal(
          .conflict, "last_passkey", "This is your last passkey: without it you could not sign in. Add another first.")
      case .notFound: throw Refusal.notFound
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
  ]
}
