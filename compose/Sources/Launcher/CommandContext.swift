import Foundation
public import Postgres
public import ServiceKit

/// What a command that works on the data needs: the database, the key, the public address.
public struct CommandContext: Sendable {
  public let owner: DatabaseConfiguration
  public let keySource: KeySource
  public let key: KeySource.Found?
  public let appURL: AppURL

  package init(owner: DatabaseConfiguration, keySource: KeySource, key: KeySource.Found?, appURL: AppURL) {
    self.owner = owner
    self.keySource = keySource
    self.key = key
    self.appURL = appURL
  }

  /// Opens the data that `serve` uses with the same environment. A private database that is not running is started for
  /// as long as `body` runs.
  public static func with<T: Sendable>(
    _ environment: Environment, _ body: @Sendable (CommandContext) async throws -> T
  ) async throws -> T {
    let settings = try ServeSettings(environment)
    let keySource = KeySource(folder: settings.folder)
    let key = try keySource.find(in: environment)
    let source = DatabaseSource(
      connection: settings.connection, folder: settings.folder, schema: settings.schema)
    let opened = try await source.open { _ in }
    do {
      let value = try await body(
        CommandContext(owner: opened.owner, keySource: keySource, key: key, appURL: settings.appURL))
      await opened.cluster?.stop()
      return value
    } catch {
      await opened.cluster?.stop()
      throw error
    }
  }
}
