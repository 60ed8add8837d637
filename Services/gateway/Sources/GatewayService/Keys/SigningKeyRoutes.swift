// Keys/ owns the signing keys as administrators see them.

import LatchkeyProtocol

/// Signing keys over the REST API, for administrators.
enum SigningKeyRoutes {
  static let all: [Route] = [
    Route(.get, "/api/signing-keys", .api) { exchange in
      switch try await exchange.services.oidc.send(OIDC.ListSigningKeys(), exchange.call) {
      case .keys(let keys): return .json(.signingKeys(keys))
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/signing-keys/rotate", .api) { exchange in
      var fields = try exchange.optionalJSON()
      let algorithm = fields.text("alg")
      let expected = fields["expected"] == nil ? nil : fields.texts("expected")
      try fields.check()
      let message = OIDC.RotateSigningKeys(algorithm: algorithm, expected: expected)
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .rotated(let keys): return .json(.signingKeys(keys))
      case .unchanged: throw unchanged
      case .unknownAlgorithm:
        throw Refusal.invalid([
          FieldProblem("alg", "invalid", "Expected one of the algorithms that GET /api/signing-keys lists.")
        ])
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/signing-keys/:kid", .api) { exchange in
      _ = try exchange.optionalJSON()
      let message = OIDC.RevokeSigningKey(id: exchange.parameter("kid"))
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .revoked: return .noContent
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  private static let unchanged = Refusal(
    .conflict, "signing_keys_unchanged",
    """
    Nothing was rotated: somebody else did at the same moment, or the next key was published less than five minutes \
    ago, so that apps may not have seen it. Try again in five minutes.
    """)
}
