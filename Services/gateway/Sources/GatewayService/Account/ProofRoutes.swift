import LatchkeyProtocol

/// A fresh assertion by the signed-in user, for one purpose.
enum ProofRoutes {
  static let all: [Route] = [
    Route(.get, "/api/webauthn/reauthenticate/start", .api, [.bindsBrowser, .browserOnly]) { exchange in
      let purposes = try purposes(exchange)
      let message = Auth.BeginProof(
        purpose: purposes[0], also: purposes.count > 1 ? Array(purposes.dropFirst()) : nil)
      switch try await exchange.services.auth.send(message, exchange.call) {
      case .begun(let ceremony): return try exchange.begun(ceremony, .proof)
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
    Route(.post, "/api/webauthn/reauthenticate", .api, [.browserOnly], floods: [.general, .proof]) { exchange in
      // Without an assertion: a recent sign-in with a passkey, for one named purpose.
      guard exchange.hasBody else { return try await bySignIn(exchange) }
      let reply = try exchange.ceremonyReply(.proof)
      switch try await exchange.services.auth.send(Auth.FinishProof(answer: reply.answer), exchange.call) {
      case .proven:
        // The proof itself stays on the server, bound to the session: a cookie has nothing to hold.
        var response = Response.noContent
        exchange.end(reply, in: &response)
        return response
      case .refused(let refusal): throw exchange.refusal(refusal, reply)
      case .notSignedIn: throw Refusal.notSignedIn
      }
    },
  ]

  /// At least one.
  private static func purposes(
    _ exchange: Exchange, atMost limit: Int = Auth.BeginProof.mostPurposes
  ) throws(Refusal) -> [Auth.ProofPurpose] {
    let texts = (try exchange.query("purpose") ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let purposes = texts.compactMap { Auth.ProofPurpose(String($0)) }
    if purposes.count == texts.count, purposes.count <= limit { return purposes }
    throw Refusal.invalid([
      FieldProblem(
        "purpose", "invalid",
        """
        Expected one of these, or up to four with commas between them where a passkey is used: add-passkey, \
        client-secret, new-administrator, one-time-link, email-address, api-key, redirect-uri, settings, signing-keys, \
        authorize: and an interaction's id.
        """)
    ])
  }

  private static func bySignIn(_ exchange: Exchange) async throws -> Response {
    // One at a time: a sign-in was made for none of them.
    let message = Auth.ProveBySignIn(purpose: try purposes(exchange, atMost: 1)[0])
    switch try await exchange.services.auth.send(message, exchange.call) {
    case .proven: return .noContent
    case .stale: throw Refusal.proofRequired
    case .notSignedIn: throw Refusal.notSignedIn
    }
  }
}
