/// Registering what a known app needs.
public protocol KnownAppsAPI: Sendable {
  func getKnownApp(_ message: Admin.GetKnownApp, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetKnownApp.Response
  func setKnownApp(_ message: Admin.SetKnownApp, _ call: Call) async throws(ServiceFailure)
    -> Admin.SetKnownApp.Response
  func addCallbackURL(_ message: Admin.AddCallbackURL, _ call: Call) async throws(ServiceFailure)
    -> Admin.AddCallbackURL.Response
}

extension RemoteAdmin {
  public func getKnownApp(_ message: Admin.GetKnownApp, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetKnownApp.Response
  {
    try await sender.send(message, call)
  }

  public func setKnownApp(_ message: Admin.SetKnownApp, _ call: Call) async throws(ServiceFailure)
    -> Admin.SetKnownApp.Response
  {
    try await sender.send(message, call)
  }

  public func addCallbackURL(_ message: Admin.AddCallbackURL, _ call: Call) async throws(ServiceFailure)
    -> Admin.AddCallbackURL.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addKnownApps(_ api: some KnownAppsAPI) {
    on(Admin.GetKnownApp.self, from: [.gateway], api.getKnownApp)
    on(Admin.SetKnownApp.self, from: [.gateway], api.setKnownApp)
    on(Admin.AddCallbackURL.self, from: [.gateway], api.addCallbackURL)
  }
}
