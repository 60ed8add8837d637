import Foundation
public import LatchkeyProtocol

/// The settings that the environment decides while `UI_CONFIG_DISABLED` is set.
public struct SettingsEnvironment: Sendable, Equatable {
  public let settings: ApplicationSettings
  /// By the REST API's names.
  public let secrets: [String: Secret]

  public static let isInCharge = Setting<Bool>.flag(
    "UI_CONFIG_DISABLED",
    help: "Takes all settings from the environment; the page then only shows them (default false).")

  public static let staticAPIKey = Setting(
    "STATIC_API_KEY", help: "A key of the REST API with an administrator's rights, of at least 16 characters.",
    expecting: "at least 16 characters", file: .trimmed, isSecret: true
  ) { text in text.count >= 16 ? Secret(text) : nil }.optional

  /// The variables of the settings, including those that name files: the only ones that are passed to `admin` alone.
  public static let variables: Set<String> = {
    var names: Set<String> = [
      isInCharge.name, staticAPIKey.name, "\(staticAPIKey.name)_FILE", "VERSION_CHECK_DISABLED",
    ]
    for definition in ApplicationSettings.definitions {
      names.insert(definition.variable)
      if definition.form == .secret { names.insert("\(definition.variable)_FILE") }
    }
    return names
  }()

  /// Reads every variable of the settings.
  ///
  /// - Returns: nil where the environment does not decide.
  /// - Throws: one failure that names every variable whose value does not fit.
  public static func read(_ environment: Environment) throws(ConfigurationFailure) -> SettingsEnvironment? {
    guard try environment.read(isInCharge) else { return nil }
    var settings = ApplicationSettings(isFixed: true)
    var secrets: [String: Secret] = [:]
    var problems: [String] = []
    for definition in ApplicationSettings.definitions {
      let isSecret = definition.form == .secret
      let setting = Setting<String>(
        definition.variable, help: "", expecting: "text", file: isSecret ? .trimmed : .none, isSecret: isSecret
      ) { $0 }.optional
      let value: String?
      do { value = try environment.read(setting) } catch {
        problems += error.problems
        continue
      }
      guard var text = value.map({ ApplicationSettings.normalised($0, definition) }), !text.isEmpty else { continue }
      if definition.form == .flag, let flag = parseFlag(text) { text = flag ? "true" : "false" }
      if let problem = ApplicationSettings.problem(text, definition) {
        problems.append("\(definition.variable) has a value that does not fit: \(problem.message)")
      } else if isSecret {
        secrets[definition.key] = Secret(text)
      } else {
        settings[definition.key] = text
      }
    }
    guard problems.isEmpty else { throw ConfigurationFailure(problems) }
    return SettingsEnvironment(settings: settings, secrets: secrets)
  }
}
