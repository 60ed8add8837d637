import LatchkeyProtocol

/// Signing in with a passkey, and signing out.
enum SignInRoutes {
  static let all: [Route] = [
    Route(.get, "/api/webauthn/login/start", .api, [.bindsBrowser]) { exchange in
      exchange.begun(try await exchange.services.auth.beginSignIn(Auth.BeginSignIn(), exchange.call), .signIn)
    },
    Route(.post, "/api/webauthn/login/finish", .api, floods: [.general, .signIn]) { exchange in
      let answer = exchange.ceremonyAnswer(.signIn, try exchange.jsonText())
      switch try await exchange.services.auth.finishSignIn(Auth.FinishSignIn(answer: answer), exchange.call) {
      case .signedIn(let signedIn): return exchange.signedIn(signedIn, after: .signIn)
      case .refused(let refusal): throw exchange.refusal(refusal, .signIn)
      }
    },
    Route(.post, "/api/webauthn/logout", .api) { exchange in
      _ = try exchange.optionalJSON()
      _ = try await exchange.services.auth.signOut(Auth.SignOut(), exchange.call)
      var response = Response.noContent
      response.set(exchange.expired(exchange.site.cookieNames.session))
      return response
    },
  ]
}
