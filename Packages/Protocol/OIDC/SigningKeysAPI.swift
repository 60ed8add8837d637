/// The signing keys, for their administrators.
public protocol SigningKeysAPI: Sendable {
  func listSigningKeys(_ message: OIDC.ListSigningKeys, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ListSigningKeys.Response
  func rotateSigningKeys(_ message: OIDC.RotateSigningKeys, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RotateSigningKeys.Response
  func revokeSigningKey(_ message: OIDC.RevokeSigningKey, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RevokeSigningKey.Response
}

extension RemoteOIDC {
  public func listSigningKeys(_ message: OIDC.ListSigningKeys, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ListSigningKeys.Response
  {
    try await sender.send(message, call)
  }

  public func rotateSigningKeys(_ message: OIDC.RotateSigningKeys, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RotateSigningKeys.Response
  {
    try await sender.send(message, call)
  }

  public func revokeSigningKey(_ message: OIDC.RevokeSigningKey, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RevokeSigningKey.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addSigningKeys(_ api: some SigningKeysAPI) {
    on(OIDC.ListSigningKeys.self, from: [.gateway], api.listSigningKeys)
    on(OIDC.RotateSigningKeys.self, from: [.gateway], api.rotateSigningKeys)
    on(OIDC.RevokeSigningKey.self, from: [.gateway], api.revokeSigningKey)
  }
}
