// SignIn/ owns how users sign in: with a passkey, a sign-in link, a code by mail or from another device. It must not
// know what an app wanted: that is OAuth/.

import LatchkeyProtocol

/// Signing in with a passkey, and signing out.
enum SignInRoutes {
  static let all: [Route] = [
    Route(.get, "/api/webauthn/login/start", .api, [.bindsBrowser]) { exchange in
      let superseded = try exchange.query("instead")
      let ceremony = try await exchange.services.auth.send(Auth.BeginSignIn(), exchange.call)
      return try exchange.begun(ceremony, .signIn, insteadOf: superseded)
    },
    Route(.post, "/api/webauthn/login/finish", .api, floods: [.general, .signIn]) { exchange in
      let reply = try exchange.ceremonyReply(.signIn)
      switch try await exchange.services.auth.send(Auth.FinishSignIn(answer: reply.answer), exchange.call) {
      case .signedIn(let signedIn): return exchange.signedIn(signedIn, after: reply)
      case .refused(let refusal): throw exchange.refusal(refusal, reply)
      }
    },
    Route(.post, "/api/webauthn/logout", .api) { exchange in
      _ = try exchange.optionalJSON()
      _ = try await exchange.services.auth.send(Auth.SignOut(), exchange.call)
      var response = Response.noContent
      response.set(exchange.expired(exchange.site.cookieNames.session))
      return response
    },
  ]
}
