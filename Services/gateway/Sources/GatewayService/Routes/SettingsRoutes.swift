/// What an administrator changes while everything runs.
enum SettingsRoutes {
  static let all: [Route] = []
}
