/// What an administrator may know of a refused authorization request.
public protocol MismatchesAPI: Sendable {
  func explainMismatch(_ message: OIDC.ExplainMismatch, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ExplainMismatch.Response
}

extension RemoteOIDC {
  public func explainMismatch(_ message: OIDC.ExplainMismatch, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ExplainMismatch.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addMismatches(_ api: some MismatchesAPI) {
    on(OIDC.ExplainMismatch.self, from: [.gateway], api.explainMismatch)
  }
}
