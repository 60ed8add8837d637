import HTTPTypes
import Hummingbird
import LatchkeyProtocol

/// A fresh assertion by whoever is signed in, for one purpose.
enum ProofRoutes {
  static let all: [Route] = [
    Route(.get, "/api/webauthn/reauthenticate/start", .api, [.bindsBrowser, .browserOnly]) { exchange in
      let purpose = try purpose(exchange)
      switch try await exchange.services.auth.beginProof(Auth.BeginProof(purpose: purpose), exchange.call) {
      case .begun(let ceremony): return exchange.begun(ceremony, .proof)
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.post, "/api/webauthn/reauthenticate", .api, [.browserOnly], floods: [.general, .proof]) { exchange in
      // Without an assertion: a sign-in with a passkey a moment ago, for one purpose that is named.
      guard exchange.hasBody else { return try await bySignIn(exchange) }
      let answer = exchange.ceremonyAnswer(.proof, try await exchange.jsonText())
      switch try await exchange.services.auth.finishProof(Auth.FinishProof(answer: answer), exchange.call) {
      case .proven:
        // The proof itself stays on the server, bound to the session: there is nothing for a cookie to hold.
        var response = Response.noContent
        response.set(exchange.expired(exchange.site.cookieNames.ceremony(.proof)))
        return response
      case .refused(let refusal): throw exchange.refusal(refusal, .proof)
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
  ]

  private static func purpose(_ exchange: Exchange) throws(Refusal) -> Auth.ProofPurpose {
    if let purpose = try exchange.query("purpose").flatMap(Auth.ProofPurpose.init) { return purpose }
    throw Refusal.invalid([
      FieldProblem(
        "purpose", "invalid",
        """
        Expected add-passkey, client-secret, new-administrator, one-time-link, api-key, redirect-uri, settings, \
        signing-keys, or authorize: and an interaction's id.
        """)
    ])
  }

  private static func bySignIn(_ exchange: Exchange) async throws -> Response {
    let message = Auth.ProveBySignIn(purpose: try purpose(exchange))
    switch try await exchange.services.auth.proveBySignIn(message, exchange.call) {
    case .proven: return .noContent
    case .stale: throw Refusal.proofRequired
    case .notSignedIn: throw Refusal.notSignedIn
    }
  }
}
