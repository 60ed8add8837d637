/// The page of settings.
enum SettingsPageRoutes {
  static let all: [Route] = []
}
