/// What people agreed to, and taking it back.
public protocol ConsentsAPI: Sendable {
  func listConsents(_ message: OIDC.ListConsents, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ListConsents.Response
  func listAccessibleClients(_ message: OIDC.ListAccessibleClients, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ListAccessibleClients.Response
  func revokeConsent(_ message: OIDC.RevokeConsent, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RevokeConsent.Response
  func previewTokens(_ message: OIDC.PreviewTokens, _ call: Call) async throws(ServiceFailure)
    -> OIDC.PreviewTokens.Response
}

extension RemoteOIDC {
  public func listConsents(_ message: OIDC.ListConsents, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ListConsents.Response
  {
    try await sender.send(message, call)
  }

  public func listAccessibleClients(_ message: OIDC.ListAccessibleClients, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ListAccessibleClients.Response
  {
    try await sender.send(message, call)
  }

  public func revokeConsent(_ message: OIDC.RevokeConsent, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RevokeConsent.Response
  {
    try await sender.send(message, call)
  }

  public func previewTokens(_ message: OIDC.PreviewTokens, _ call: Call) async throws(ServiceFailure)
    -> OIDC.PreviewTokens.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addConsents(_ api: some ConsentsAPI) {
    on(OIDC.ListConsents.self, from: [.gateway], api.listConsents)
    on(OIDC.ListAccessibleClients.self, from: [.gateway], api.listAccessibleClients)
    on(OIDC.RevokeConsent.self, from: [.gateway], api.revokeConsent)
    on(OIDC.PreviewTokens.self, from: [.gateway], api.previewTokens)
  }
}
