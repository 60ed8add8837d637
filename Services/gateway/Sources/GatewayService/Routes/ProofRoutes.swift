import HTTPTypes
import Hummingbird
import LatchkeyProtocol

/// A fresh assertion by whoever is signed in, for one purpose.
enum ProofRoutes {
  static let all: [Route] = [
    Route(.get, "/api/webauthn/reauthenticate/start", .api, [.bindsBrowser, .browserOnly]) { exchange in
      guard let purpose = try exchange.query("purpose").flatMap(Auth.ProofPurpose.init) else {
        throw Refusal.invalid([
          FieldProblem(
            "purpose", "invalid", "Expected add-passkey, client-secret or authorize: and an interaction's id.")
        ])
      }
      switch try await exchange.services.auth.beginProof(Auth.BeginProof(purpose: purpose), exchange.call) {
      case .begun(let ceremony): return exchange.begun(ceremony, .proof)
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.post, "/api/webauthn/reauthenticate", .api, [.browserOnly], floods: [.general, .proof]) { exchange in
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
}
