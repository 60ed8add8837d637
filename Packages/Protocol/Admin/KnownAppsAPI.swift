/// Registering what a known app needs.
public protocol KnownAppsAPI: Sendable {}

extension Routes {
  mutating func addKnownApps(_ api: some KnownAppsAPI) {}
}
