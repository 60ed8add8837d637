import Foundation
public import LatchkeyProtocol
public import Logging
public import Postgres
public import ServiceKit
import Store
import Transport

/// What a service with a database is given to build itself from.
public struct ServiceContext: Sendable {
  public let environment: Environment
  public let logger: Logger
  public let database: Database
  public let keys: ServiceKeys
}

/// What a service with a database brings.
public struct ServiceParts: Sendable {
  public let routes: Routes
  /// Work beside requests; started when the service is ready, cancelled at the drain.
  public let background: [@Sendable () async -> Void]

  public init(routes: Routes, background: [@Sendable () async -> Void] = []) {
    self.routes = routes
    self.background = background
  }
}

extension Program {
  /// A service that answers messages from its database: auth, oidc, admin.
  ///
  /// It waits for the database, checks the schema's version and its own clock, and only then says that it is ready.
  ///
  /// - Parameter build: makes the service's parts, with the database checked.
  public static func service(
    _ service: Peer, summary: String, settings: [any DescribedSetting] = [],
    build: @escaping @Sendable (ServiceContext) async throws -> ServiceParts
  ) -> Program {
    let own: [any DescribedSetting] = [
      Settings.databaseConnectionString, Settings.databaseSchema, Settings.serviceKey, Settings.sharedKey,
      Settings.listen,
    ]
    return Program(name: service.rawValue, summary: summary, settings: own + settings) { context in
      let (connection, schema, key, shared, listen) = try context.environment.read(
        Settings.databaseConnectionString, Settings.databaseSchema, Settings.serviceKey, Settings.sharedKey,
        Settings.listen)
      var (configuration, derived) = try parse(connection, key, shared, service)
      configuration.schema = schema
      let database = Database(configuration, logger: context.logger)
      let readiness = Readiness(database: database, clock: SystemClock())
      try await readiness.wait(logger: context.logger)
      let kept = try await database.read(DataKeys.Of(service.rawValue))
      let keys = try keeping(kept, derived)
      let parts = try await build(
        ServiceContext(environment: context.environment, logger: context.logger, database: database, keys: keys))
      let server = try await TCPServer.start(
        parts.routes, listen: listen, keys: transportKeys(keys), health: readiness.check, logger: context.logger)
      let background = parts.background.map { work in Task { await work() } }
      let socketFolder = configuration.isLocalSocket ? configuration.host : nil
      return Running(address: server.address.description, socketFolder: socketFolder) { limit in
        for task in background { task.cancel() }
        await server.drain(within: limit)
        await database.close()
      }
    }
  }

  private static func parse(
    _ connection: Secret, _ key: Secret, _ shared: Secret, _ service: Peer
  ) throws(ConfigurationFailure) -> (DatabaseConfiguration, ServiceKeys) {
    do {
      var configuration = try DatabaseConfiguration(connectionString: connection.exposed)
      configuration.applicationName = "latchkey-\(service.rawValue)"
      return (configuration, try ServiceKeys(service: service, text: key, shared: shared))
    } catch let error as ConnectionStringError {
      throw ConfigurationFailure(["DB_CONNECTION_STRING: \(error)"])
    } catch {
      throw ConfigurationFailure(["\(error)"])
    }
  }

  private static func keeping(
    _ kept: [DataKeys.Kept], _ keys: ServiceKeys
  ) throws(ConfigurationFailure) -> ServiceKeys {
    do { return try keys.keeping(kept) } catch { throw ConfigurationFailure([error.description]) }
  }

  /// Every peer that may connect, each by the key derived for it.
  private static func transportKeys(_ keys: ServiceKeys) -> [Peer: TransportKey] {
    Dictionary(
      uniqueKeysWithValues: [Peer.gateway, .latchkey].compactMap { peer in
        TransportKey(keys.transport(peer)).map { (peer, $0) }
      })
  }
}
