/// What programs ask about tokens, and taking them back.
public protocol IntrospectionAPI: Sendable {
  func introspect(_ message: OIDC.Introspect, _ call: Call) async throws(ServiceFailure) -> OIDC.Introspect.Response
  func revoke(_ message: OIDC.Revoke, _ call: Call) async throws(ServiceFailure) -> OIDC.Revoke.Response
}

extension RemoteOIDC {
  public func introspect(_ message: OIDC.Introspect, _ call: Call) async throws(ServiceFailure)
    -> OIDC.Introspect.Response
  {
    try await sender.send(message, call)
  }

  public func revoke(_ message: OIDC.Revoke, _ call: Call) async throws(ServiceFailure) -> OIDC.Revoke.Response {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addIntrospection(_ api: some IntrospectionAPI) {
    on(OIDC.Introspect.self, from: [.gateway], api.introspect)
    on(OIDC.Revoke.self, from: [.gateway], api.revoke)
  }
}
