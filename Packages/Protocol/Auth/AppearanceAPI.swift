/// How this installation presents itself to everybody.
public protocol AppearanceAPI: Sendable {
  func getAppearance(_ message: Auth.GetAppearance, _ call: Call) async throws(ServiceFailure) -> Auth.Appearance
}

extension RemoteAuth {
  public func getAppearance(
    _ message: Auth.GetAppearance, _ call: Call
  ) async throws(ServiceFailure) -> Auth.Appearance { try await sender.send(message, call) }
}

extension Routes {
  mutating func addAppearance(_ api: some AppearanceAPI) {
    on(Auth.GetAppearance.self, from: [.gateway], api.getAppearance)
  }
}
