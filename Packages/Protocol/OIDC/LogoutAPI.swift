/// Ends of sessions, as far as apps are concerned.
public protocol LogoutAPI: Sendable {
  func endSession(_ message: OIDC.EndSession, _ call: Call) async throws(ServiceFailure) -> OIDC.EndSession.Response
  func confirmEndSession(_ message: OIDC.ConfirmEndSession, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ConfirmEndSession.Response
  func getLogoutNotices(_ message: OIDC.GetLogoutNotices, _ call: Call) async throws(ServiceFailure)
    -> OIDC.GetLogoutNotices.Response
  func retryLogoutNotices(_ message: OIDC.RetryLogoutNotices, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RetryLogoutNotices.Response
}

extension RemoteOIDC {
  public func endSession(_ message: OIDC.EndSession, _ call: Call) async throws(ServiceFailure)
    -> OIDC.EndSession.Response
  {
    try await sender.send(message, call)
  }

  public func confirmEndSession(_ message: OIDC.ConfirmEndSession, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ConfirmEndSession.Response
  {
    try await sender.send(message, call)
  }

  public func getLogoutNotices(_ message: OIDC.GetLogoutNotices, _ call: Call) async throws(ServiceFailure)
    -> OIDC.GetLogoutNotices.Response
  {
    try await sender.send(message, call)
  }

  public func retryLogoutNotices(_ message: OIDC.RetryLogoutNotices, _ call: Call) async throws(ServiceFailure)
    -> OIDC.RetryLogoutNotices.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addLogout(_ api: some LogoutAPI) {
    on(OIDC.EndSession.self, from: [.gateway], api.endSession)
    on(OIDC.ConfirmEndSession.self, from: [.gateway], api.confirmEndSession)
    on(OIDC.GetLogoutNotices.self, from: [.gateway], api.getLogoutNotices)
    on(OIDC.RetryLogoutNotices.self, from: [.gateway], api.retryLogoutNotices)
  }
}
