/// What an administrator changes while everything runs.
public protocol SettingsAPI: Sendable {}

extension Routes {
  mutating func addSettings(_ api: some SettingsAPI) {}
}
