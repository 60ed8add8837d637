import Foundation
public import LatchkeyProtocol
public import Logging
public import Postgres
public import ServiceKit
public import ServiceStore
import Store

extension AdminService {
  /// Writes what the environment says to the store, where every instance of every service reads it. Runs at each start;
  /// instances that start together write the same.
  ///
  /// - Parameters:
  ///   - settings: nil gives the settings back to the administrator.
  ///   - staticKey: nil removes the key and the user that it acts as.
  public static func settle(
    _ settings: SettingsEnvironment?, staticKey: Secret?, in database: Database, keys: ServiceKeys, logger: Logger
  ) async throws {
    var sealed: [String: String] = [:]
    let secrets = SettingSecrets(keys: keys)
    for (name, secret) in settings?.secrets ?? [:] { sealed[name] = try secrets.seal(secret, as: name) }
    let save = ChosenSettings.SaveEnvironment(
      chosen: settings.map(\.settings.chosen), sealed: settings == nil ? nil : sealed)
    _ = try await database.write(save)
    if settings != nil { logger.notice("the environment decides the settings (UI_CONFIG_DISABLED)") }
    guard let staticKey else {
      if try await database.write(StaticKey.Remove()).count > 0 {
        logger.notice("STATIC_API_KEY is unset: its key is gone")
      }
      return
    }
    let derived = KeyedHash(key: keys.links)
    let user = UserID(derived.uuid("user", purpose: "static-api-key"))
    let suffix = try await database.first(StaticKey.Suffix()) ?? "0"
    let key = StaticKey.EnsureKey(
      id: APIKeyID(derived.uuid("key", purpose: "static-api-key")), user: user,
      hash: Data(Digest.sha256(staticKey.exposed)))
    try await database.transaction { transaction in
      try await transaction.write(StaticKey.EnsureUser(id: user, username: "static-api-user-\(suffix)"))
      try await transaction.write(key)
    }
    logger.notice("STATIC_API_KEY is set: whoever has it is an administrator")
  }
}
