import Foundation
import LatchkeyProtocol
public import ServiceKit

/// The settings that `latchkey serve` itself reads.
public struct ServeSettings: Sendable {
  public static let dataFolder = Setting<String>.text(
    "DATA_DIR", default: "data",
    help: "Folder of the data, the private database and the generated key (default ./data).")

  /// One is enough for any load that one machine carries. With two, no client waits while one restarts.
  public static let oidcProcesses = Setting<Int>.number(
    "OIDC_PROCESSES", in: 1...8, default: 1, help: "How many processes answer apps' requests side by side (default 1).")

  /// Absolute.
  let folder: String
  let connection: Secret?
  /// Of the database, for our tables.
  let schema: String
  let appURL: AppURL
  let host: String
  let port: Int
  let oidcProcesses: Int

  init(_ environment: Environment) throws {
    // The services' settings are read here too, so that one message names everything that is wrong.
    let (folder, connection, schema, appURL, host, port, oidcProcesses, _, _, _, _, _) = try environment.read(
      Self.dataFolder, Settings.databaseConnectionString.optional, Settings.databaseSchema, Settings.appURL.optional,
      Settings.host, Settings.port, Self.oidcProcesses,
      Settings.internalAppURL, Settings.appName, Settings.sessionDuration, Settings.trustProxy,
      Settings.disableRateLimiting)
    _ = try SettingsEnvironment.read(environment)
    _ = try environment.read(SettingsEnvironment.staticAPIKey, Settings.signingKeyRotationDays)
    self.folder = URL(fileURLWithPath: folder).standardizedFileURL.path
    self.connection = connection
    self.schema = schema
    self.host = host
    self.oidcProcesses = oidcProcesses
    self.port = port == 0 ? try FreePorts.pick(1)[0] : port
    // Without an APP_URL, an installation on another port has that port in its address.
    self.appURL = appURL ?? AppURL("http://localhost:\(self.port)") ?? .default
  }
}
