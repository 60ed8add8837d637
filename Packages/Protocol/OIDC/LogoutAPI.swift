/// Ends of sessions, as far as apps are concerned.
public protocol LogoutAPI: Sendable {}

extension Routes {
  mutating func addLogout(_ api: some LogoutAPI) {}
}
