import Foundation
public import LatchkeyProtocol
public import Postgres
import ServiceKit
public import ServiceStore
import Store

/// Prepares a database for the services: key checked, schema current, roles and grants made.
public struct Preparation: Sendable {
  public let key: EncryptionKey
  /// How each service connects.
  public let connections: [Peer: DatabaseConfiguration]
  /// The code for `/setup` while no user exists yet; nil afterwards.
  public let setupCode: String?

  /// How long `/setup` stays open after a start.
  static let setupWindow = Duration.seconds(3600)

  /// - Parameters:
  ///   - owner: of the tables.
  ///   - opensSetup: whether this is a start, which opens `/setup` for a while.
  public static func run(
    owner: DatabaseConfiguration, keySource: KeySource, found: KeySource.Found?, opensSetup: Bool,
    progress: @escaping @Sendable (String) -> Void
  ) async throws -> Preparation {
    let migrator = try Migrator(Schema.migrations, leavesPublicAt: Schema.leavesPublicAt)
    let check = try await withSession(owner) { session in
      try await migrator.enter(session, owner)
      return try await checkValue(session)
    }
    let key = try keySource.settle(found, check: check, progress: progress)
    _ = try await migrator.migrate(owner, progress: progress)
    return try await withSession(owner) { session in
      if check == nil {
        try await session.run(Instance.Create(id: SystemRandomness().uuid(), check: Data(key.checkValue)))
        // Another launcher may have started at the same moment with its own key.
        _ = try keySource.settle(
          KeySource.Found(key: key, origin: keySource.path), check: try await checkValue(session), progress: progress)
      }
      let connections = try await makeRoles(session, owner, key, progress)
      guard opensSetup else { return Preparation(key: key, connections: connections, setupCode: nil) }
      let seconds = setupWindow.inSeconds
      guard let seed = try await session.run(Instance.OpenSetup(seconds: seconds)).rows.first ?? nil else {
        return Preparation(key: key, connections: connections, setupCode: nil)
      }
      let keys = try key.keys(for: .auth, kept: try await session.run(EncryptionKeyChange.Keys()).rows)
      return Preparation(key: key, connections: connections, setupCode: SetupCode.text(seed, keys: keys))
    }
  }

  /// The check value of the data's key; nil when there is no data.
  static func checkValue(_ session: Session) async throws -> [UInt8]? {
    guard try await session.run(Instance.Exists()).rows.first == true else { return nil }
    return try await session.run(Instance.CheckValue()).rows.first.map(Array.init)
  }

  /// Sets the passwords of those services' roles that exist, in the caller's transaction.
  static func setPasswords(_ session: Session, _ key: EncryptionKey) async throws {
    guard let current = try await session.run(Roles.Current()).rows.first, current.mayMakeRoles else { return }
    try await session.unsafeScript(Roles.unsafeLock)
    for service in Ownership.Service.allCases {
      let role = Roles.name(for: service, database: current.database)
      guard try await !session.run(Roles.Exists(role)).rows.isEmpty else { continue }
      let password = key.databasePassword(for: service.peer).exposed
      try await session.unsafeScript(Roles.unsafeEnsure(role, exists: true, password: password))
    }
  }

  private static func makeRoles(
    _ session: Session, _ owner: DatabaseConfiguration, _ key: EncryptionKey, _ progress: @Sendable (String) -> Void
  ) async throws -> [Peer: DatabaseConfiguration] {
    let shared = Dictionary(uniqueKeysWithValues: Ownership.Service.allCases.map { ($0.peer, owner) })
    guard let current = try await session.run(Roles.Current()).rows.first else { return shared }
    guard current.mayMakeRoles else {
      progress("\(sharing) \(LackingRight(.createRoles, user: current.user, database: current.database))")
      return shared
    }
    var connections: [Peer: DatabaseConfiguration] = [:]
    let roles = Ownership.Service.allCases.map { Roles.name(for: $0, database: current.database) }
    do throws(DatabaseFailure) {
      try await session.unsafeScript("BEGIN")
      try await session.unsafeScript(Roles.unsafeLock)
      for (service, role) in zip(Ownership.Service.allCases, roles) {
        let password = key.databasePassword(for: service.peer).exposed
        let exists = try await !session.run(Roles.Exists(role)).rows.isEmpty
        try await session.unsafeScript(Roles.unsafeEnsure(role, exists: exists, password: password))
        for grant in Ownership.unsafeGrants(for: service, role: role, schema: current.schema) {
          try await session.unsafeScript(grant)
        }
        connections[service.peer] = owner.with(database: current.database, user: role, password: password)
      }
      try await session.unsafeScript("COMMIT")
    } catch {
      guard error.isForbidden else { throw error }
      try await session.unsafeScript("ROLLBACK")
      let lack = LackingRight(.administerRoles(roles), user: current.user, database: current.database)
      progress("\(sharing) \(lack)")
      return shared
    }
    for (service, connection) in connections {
      do throws(DatabaseFailure) {
        await (try Session.open(connection)).close()
      } catch {
        let lack = LackingRight(.connect, user: connection.user ?? "", database: current.database)
        let reason = error.isForbidden ? "\(lack)" : "The role of \(service.rawValue) cannot log in: \(error.message)."
        progress("\(sharing) \(reason)")
        return shared
      }
    }
    return connections
  }

  /// The message when the services have no roles of their own; the reason follows it.
  private static let sharing = "All services share one database user, so that each can reach every table."

  private static func withSession<T: Sendable>(
    _ configuration: DatabaseConfiguration, _ body: (Session) async throws -> T
  ) async throws -> T {
    let session = try await Session.open(configuration)
    do {
      let value = try await body(session)
      await session.close()
      return value
    } catch {
      await session.close()
      throw error
    }
  }
}

extension Ownership.Service {
  var peer: Peer {
    switch self {
    case .auth: .auth
    case .oidc: .oidc
    case .admin: .admin
    }
  }
}
