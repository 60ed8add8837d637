/// Brings a database to the version that the program was built with, and checks that it has it.
///
/// A migration never changes once it is released: the SHA-256 of its text is kept with it, and a difference stops everything. Each
/// runs in a transaction of its own, all of them under an advisory lock, so that several starting at once do the work once.
public struct Migrator: Sendable {
  public struct Migration: Sendable, Equatable {
    public let version: Int
    public let name: String
    public let sql: String
  }

  let migrations: [Migration]
  private let lockTimeout: Duration

  /// - Parameters:
  ///   - migrations: versions start at 1 or later and rise from each to the next.
  ///   - lockTimeout: how long to wait for a migration that runs elsewhere, and for any table's lock.
  public init(
    _ migrations: [(version: Int, name: String, sql: String)], lockTimeout: Duration = .seconds(60)
  ) throws(MigrationFailure) {
    for (one, next) in zip(migrations, migrations.dropFirst()) where one.version >= next.version {
      throw MigrationFailure(.badList, "Migration \(next.version) (\(next.name)) does not come after \(one.version).")
    }
    guard migrations.first.map({ $0.version >= 1 }) ?? true else {
      throw MigrationFailure(.badList, "Migration versions start at 1.")
    }
    self.migrations = migrations.map { Migration(version: $0.version, name: $0.name, sql: $0.sql) }
    self.lockTimeout = lockTimeout
  }

  /// The version that the program was built with; 0 without any migration.
  public var version: Int { migrations.last?.version ?? 0 }

  /// Applies what is missing, with the credentials of the tables' owner. Returns what was applied now.
  public func migrate(
    _ configuration: DatabaseConfiguration, progress: @Sendable (String) -> Void = { _ in }
  ) async throws(MigrationFailure) -> [Migration] {
    let session = try await reaching("The database \(configuration) cannot be reached") {
      () async throws(DatabaseFailure) in try await Session.open(configuration)
    }
    do throws(MigrationFailure) {
      let applied = try await migrate(session, progress)
      await session.close()
      return applied
    } catch {
      // Whatever transaction was open, and the lock, end with the connection.
      await session.close()
      throw error
    }
  }

  /// Checks that the database has exactly this program's version. For services, which never migrate.
  public func check(_ database: Database) async throws(MigrationFailure) {
    let (history, checksums) = try await reaching("The database's version cannot be read") {
      () async throws(DatabaseFailure) in
      guard try await database.search(HistoryExists()).first == true else { return ([AppliedMigration](), [String]()) }
      return (
        try await database.search(ListApplied()), try await database.search(Checksums(texts: migrations.map(\.sql)))
      )
    }
    guard !history.isEmpty || migrations.isEmpty else {
      throw MigrationFailure(.older, "The database is empty: run `latchkey migrate` first.")
    }
    let pending = try pending(after: history, checksums)
    guard pending.isEmpty else {
      let present = history.last?.version ?? 0
      throw MigrationFailure(
        .older,
        "The database is at version \(present), but this program needs \(version): run `latchkey migrate` first.")
    }
  }

  private func migrate(
    _ session: Session, _ progress: @Sendable (String) -> Void
  ) async throws(MigrationFailure) -> [Migration] {
    try await lock(session)
    let (history, checksums) = try await reaching("The database's version cannot be read") {
      () async throws(DatabaseFailure) in
      try await session.unsafeScript(historyTable)
      return (
        try await session.run(ListApplied()).rows, try await session.run(Checksums(texts: migrations.map(\.sql))).rows
      )
    }
    let pending = try pending(after: history, checksums)
    for migration in pending {
      progress("Migration \(migration.version): \(migration.name)")
      try await apply(migration, session)
    }
    return pending
  }

  private func lock(_ session: Session) async throws(MigrationFailure) {
    do throws(DatabaseFailure) {
      try await session.unsafeScript("SET lock_timeout = \(lockTimeout.milliseconds)")
      _ = try await session.run(TakeLock())
    } catch {
      guard error.kind == .sql(state: "55P03") else {
        throw MigrationFailure(.database(error), "The migration lock cannot be taken: \(error.message).")
      }
      throw MigrationFailure(.busy, "Another migration has been running for more than \(lockTimeout); try again later.")
    }
  }

  private func apply(_ migration: Migration, _ session: Session) async throws(MigrationFailure) {
    let failed = "Migration \(migration.version) (\(migration.name)) failed and was rolled back"
    try await reaching(failed) { () async throws(DatabaseFailure) in
      try await session.unsafeScript("BEGIN")
      try await session.unsafeScript(migration.sql)
    }
    guard await session.isInTransaction else {
      throw MigrationFailure(
        .badList, "Migration \(migration.version) (\(migration.name)) ends its transaction by itself; it must not.")
    }
    try await reaching(failed) { () async throws(DatabaseFailure) in
      try await session.run(RecordApplied(migration: migration))
      try await session.unsafeScript("COMMIT")
    }
  }

  /// What is still to be applied; throws when the history is not a beginning of this program's list.
  private func pending(
    after history: [AppliedMigration], _ checksums: [String]
  ) throws(MigrationFailure) -> [Migration] {
    if let newest = history.last, newest.version > version {
      throw MigrationFailure(
        .newer,
        "The database is at version \(newest.version), newer than this program's \(version): use a newer program.")
    }
    for (position, applied) in history.enumerated() {
      guard position < migrations.count, migrations[position].version == applied.version else {
        throw MigrationFailure(
          .drift,
          "Migration \(applied.version) (\(applied.name)) of the database does not stand there in this program's list.")
      }
      guard checksums[position] == applied.checksum else {
        throw MigrationFailure(
          .drift, "Migration \(applied.version) (\(applied.name)) was changed after it was applied; restore its text.")
      }
    }
    return Array(migrations.dropFirst(history.count))
  }
}

/// Why the database's version is not right, in a sentence for the operator.
public struct MigrationFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The list of migrations itself is wrong.
    case badList
    /// The database lacks migrations that this program needs.
    case older
    /// The database has migrations that this program does not know.
    case newer
    /// The history differs from this program's list.
    case drift
    /// Another migration holds the lock.
    case busy
    case database(DatabaseFailure)
  }

  public let kind: Kind
  public let explanation: String

  init(_ kind: Kind, _ explanation: String) {
    self.kind = kind
    self.explanation = explanation
  }

  public var description: String { explanation }
}

/// Runs database calls and gives their failures a beginning that says what they were for.
private func reaching<R>(
  _ what: String, _ body: () async throws(DatabaseFailure) -> R
) async throws(MigrationFailure) -> R {
  do throws(DatabaseFailure) {
    return try await body()
  } catch {
    throw MigrationFailure(.database(error), "\(what): \(error.message).")
  }
}
