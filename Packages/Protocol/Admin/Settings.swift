extension Admin {
  /// All settings, as an administrator sees them.
  public struct SettingsView: Codable, Sendable, Equatable {
    /// The effective values, with the installation's own defaults filled in.
    public var settings: ApplicationSettings
    /// The names of the stored secrets; their values are never returned.
    public var secrets: [String]

    public init(settings: ApplicationSettings, secrets: [String]) {
      self.settings = settings
      self.secrets = secrets
    }
  }

  public struct GetSettings: ServiceRequest {
    public static let method: MethodName = "admin.getSettings/1"
    public static let replay = Replay.read

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case settings(SettingsView)
      case denied(Denial)
    }

    public init() {}
  }

  /// Replaces all settings. Omitted ones return to their defaults, except secrets, which stay as they are.
  public struct UpdateSettings: ServiceRequest {
    public static let method: MethodName = "admin.updateSettings/1"
    public static let replay = Replay.replayable
    public static let longestText = TextBound.document

    public enum Response: Codable, Sendable, Equatable, Deniable {
      case updated(SettingsView)
      case invalid([FieldProblem])
      /// The environment decides (`UI_CONFIG_DISABLED`).
      case fixed
      case denied(Denial)
    }

    /// By the REST API's names, secrets not among them.
    public var values: [String: String]
    /// Secrets to store; an empty one is deleted.
    public var secrets: [String: Secret]

    public init(values: [String: String], secrets: [String: Secret]) {
      self.values = values
      self.secrets = secrets
    }
  }
}
