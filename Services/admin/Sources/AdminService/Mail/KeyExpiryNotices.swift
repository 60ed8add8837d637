import Foundation
import LatchkeyProtocol
public import Logging
public import Postgres
public import ServiceStore
import Store

/// Tells owners of API keys that a key is about to expire: once per key, while the administrator wants it.
public struct KeyExpiryNotices: Sendable {
  /// A week's notice may come an hour late.
  static let interval = Duration.seconds(3600)

  private let database: Database
  private let desk: MailOutbox
  private let logger: Logger

  public init(database: Database, keys: ServiceKeys, logger: Logger) {
    self.database = database
    self.desk = MailOutbox(keys: keys)
    self.logger = logger
  }

  /// Returns when cancelled.
  public func run() async {
    await Periodic.run(every: Self.interval) {
      do { try await tellOwners() } catch { logger.warning("owners of API keys could not be told now: \(error)") }
    }
  }

  package func tellOwners() async throws {
    guard try await database.first(ChosenSettings.Read())?.emailAPIKeyExpiration == true else { return }
    while true {
      let keys = try await database.read(ExpiringKeys.List())
      for key in keys {
        let mail = Mail(.apiKeyExpiring(name: key.name, expiresAt: key.expiresAt))
        try await database.write(ExpiringKeys.Tell(mail: desk.item(mail, id: UUID()), key: key.key))
      }
      if keys.count < ExpiringKeys.List.batch { return }
    }
  }
}
