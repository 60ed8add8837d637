/// What an administrator changes while everything runs.
public protocol SettingsAPI: Sendable {
  func getSettings(_ message: Admin.GetSettings, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetSettings.Response
  func updateSettings(_ message: Admin.UpdateSettings, _ call: Call) async throws(ServiceFailure)
    -> Admin.UpdateSettings.Response
}

extension RemoteAdmin {
  public func getSettings(_ message: Admin.GetSettings, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetSettings.Response
  {
    try await sender.send(message, call)
  }

  public func updateSettings(_ message: Admin.UpdateSettings, _ call: Call) async throws(ServiceFailure)
    -> Admin.UpdateSettings.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addSettings(_ api: some SettingsAPI) {
    on(Admin.GetSettings.self, from: [.gateway], api.getSettings)
    on(Admin.UpdateSettings.self, from: [.gateway], api.updateSettings)
  }
}
