import Foundation
import Glibc
public import LatchkeyProtocol
public import Postgres
import ServiceKit
import Store

/// The database: an operator's server, or a private one of ours in the data folder.
public struct DatabaseSource: Sendable {
  /// A database to work with, and what to do when done.
  public struct Opened: Sendable {
    /// The owner of the tables.
    public let owner: DatabaseConfiguration
    /// Ours, when we started it.
    public let cluster: LocalCluster?
  }

  public static let databaseName = "latchkey"

  private let connection: Secret?
  private let folder: String
  private let schema: String
  /// Where the owner's connection string of a running private server is kept, for the other commands.
  private var addressFile: String { folder + "/database-url" }

  /// - Parameters:
  ///   - connection: `DB_CONNECTION_STRING`, nil for a private server.
  ///   - folder: DATA_DIR.
  ///   - schema: DB_SCHEMA.
  public init(connection: Secret?, folder: String, schema: String) {
    self.connection = connection
    self.folder = folder
    self.schema = schema
  }

  public var isPrivate: Bool { connection == nil }

  /// Opens the database, starting the private server unless another process has it running.
  public func open(progress: @escaping @Sendable (String) -> Void) async throws -> Opened {
    if let connection {
      var owner = try Self.parse(connection)
      owner.schema = schema
      try await waitForServer(owner, progress)
      return Opened(owner: owner, cluster: nil)
    }
    if let running = await running() { return Opened(owner: running, cluster: nil) }
    return try await start(progress: progress)
  }

  /// Starts the private server. Cancellation has no effect until it is up: a server that is still starting cannot be
  /// reached, and would be left behind.
  public func start(progress: @escaping @Sendable (String) -> Void) async throws -> Opened {
    let starting = Task { try await startUndisturbed(progress: progress) }
    return try await starting.value
  }

  private func startUndisturbed(progress: @escaping @Sendable (String) -> Void) async throws -> Opened {
    let cluster = try await LocalCluster.start(ClusterOptions(directory: folder + "/postgres"), progress: progress)
    do {
      let session = try await Session.open(cluster.superuser)
      if try await session.run(Roles.DatabaseExists(Self.databaseName)).rows.isEmpty {
        try await session.unsafeScript(Roles.unsafeCreateDatabase(Self.databaseName))
      }
      await session.close()
      var owner = cluster.superuser.with(database: Self.databaseName)
      owner.schema = schema
      try AtomicFile.write(owner.connectionString + "\n", to: addressFile, permissions: 0o600)
      return Opened(owner: owner, cluster: cluster)
    } catch {
      await cluster.stop()
      throw error
    }
  }

  /// The private server that `serve` has running.
  private func running() async -> DatabaseConfiguration? {
    guard let text = try? String(contentsOfFile: addressFile, encoding: .utf8),
      var owner = try? DatabaseConfiguration(connectionString: text.trimmingCharacters(in: .whitespacesAndNewlines))
    else { return nil }
    owner.schema = schema
    guard let session = try? await Session.open(owner) else { return nil }
    await session.close()
    return owner
  }

  /// In compose the database may come up after us.
  private func waitForServer(_ owner: DatabaseConfiguration, _ progress: @Sendable (String) -> Void) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    var isFirst = true
    while true {
      do throws(DatabaseFailure) {
        await (try Session.open(owner)).close()
        return
      } catch {
        if error.isForbidden, let user = owner.user {
          let lack = LackingRight(.connect, user: user, database: owner.database ?? user)
          throw LaunchFailure("\(lack)")
        }
        guard error.kind == .unavailable, ContinuousClock.now < deadline else {
          throw LaunchFailure("The database at \(owner) cannot be used: \(error.message)")
        }
        if isFirst { progress("Waiting for the database at \(owner): \(error.message)") }
        isFirst = false
      }
      try await Task.sleep(for: .milliseconds(500))
    }
  }

  private static func parse(_ text: Secret) throws(ConfigurationFailure) -> DatabaseConfiguration {
    do { return try DatabaseConfiguration(connectionString: text.exposed) } catch {
      throw ConfigurationFailure(["DB_CONNECTION_STRING: \(error.description)"])
    }
  }
}

/// Why the launcher cannot go on, in a sentence for the operator.
public struct LaunchFailure: Error, Sendable, CustomStringConvertible {
  public let description: String
  public init(_ description: String) { self.description = description }
}
