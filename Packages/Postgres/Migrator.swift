/// Brings a database to the version that the program was built with, and checks that a database has that version.
///
/// A migration never changes once it is released: the SHA-256 of its text is kept with it, and a difference stops
/// everything. Each runs in its own transaction, all of them under an advisory lock, so that several programs starting
/// at once do the work once.
public struct Migrator: Sendable {
  public struct Migration: Sendable, Equatable {
    public let version: Int
    public let name: String
    public let sql: String
  }

  let migrations: [Migration]
  private let leavesPublicAt: Int?
  private let lockTimeout: Duration

  /// - Parameters:
  ///   - migrations: versions start at 1 or later and rise from each to the next.
  ///   - leavesPublicAt: the version that moves the tables from the schema `public`, where earlier ones made them, to
  ///     the configuration's schema.
  ///   - lockTimeout: how long to wait for a migration that runs elsewhere, and for any table's lock.
  public init(
    _ migrations: [(version: Int, name: String, sql: String)], leavesPublicAt: Int? = nil,
    lockTimeout: Duration = .seconds(60)
  ) throws(MigrationFailure) {
    for (one, next) in zip(migrations, migrations.dropFirst()) where one.version >= next.version {
      throw MigrationFailure(.badList, "Migration \(next.version) (\(next.name)) does not come after \(one.version).")
    }
    guard migrations.first.map({ $0.version >= 1 }) ?? true else {
      throw MigrationFailure(.badList, "Migration versions start at 1.")
    }
    self.migrations = migrations.map { Migration(version: $0.version, name: $0.name, sql: $0.sql) }
    self.leavesPublicAt = leavesPublicAt
    self.lockTimeout = lockTimeout
  }

  /// The version that the program was built with; 0 without any migration.
  public var version: Int { migrations.last?.version ?? 0 }

  /// Applies missing migrations, with the credentials of the tables' owner. Returns those that it applied.
  public func migrate(
    _ configuration: DatabaseConfiguration, progress: @Sendable (String) -> Void = { _ in }
  ) async throws(MigrationFailure) -> [Migration] {
    let session = try await reaching("The database \(configuration) cannot be reached") {
      () async throws(DatabaseFailure) in try await Session.open(configuration)
    }
    do throws(MigrationFailure) {
      let applied = try await migrate(session, in: configuration.schema, progress)
      await session.close()
      return applied
    } catch {
      // Any open transaction and the lock end with the connection.
      await session.close()
      throw error
    }
  }

  /// Checks that the database has what this program needs. For services, which never migrate: they work with a database
  /// to which a newer program has added something, until it removes what they use (`AppliedMigration.takesAway`).
  public func check(_ database: Database) async throws(MigrationFailure) {
    let (history, checksums) = try await reaching("The database's version cannot be read") {
      () async throws(DatabaseFailure) in
      guard try await database.search(HistoryExists()).first == true else { return ([AppliedMigration](), [String]()) }
      return (
        try await database.search(ListApplied()), try await database.search(Checksums(texts: migrations.map(\.sql)))
      )
    }
    guard !history.isEmpty || migrations.isEmpty else { throw try await emptiness(database) }
    let known = history.filter { $0.version <= version }
    guard !history.dropFirst(known.count).contains(where: \.takesAway) else { throw newer(history) }
    let pending = try pending(after: known, checksums)
    guard pending.isEmpty else {
      let present = history.last?.version ?? 0
      throw MigrationFailure(
        .older,
        "The database is at version \(present), but this program needs \(version): run `latchkey migrate` first.")
    }
  }

  /// Points a session at the schema that has the tables now: `public` while the migration that moves them is still
  /// pending.
  public func enter(_ session: Session, _ configuration: DatabaseConfiguration) async throws(MigrationFailure) {
    if let schema = configuration.schema { _ = try await moveFromPublic(to: schema, session) }
  }

  /// Why a database without a history cannot be used.
  private func emptiness(_ database: Database) async throws(MigrationFailure) -> MigrationFailure {
    guard let schema = database.configuration.schema else {
      return MigrationFailure(.older, "The database is empty: run `latchkey migrate` first.")
    }
    let rights = try await reaching("The database user's rights cannot be read") {
      () async throws(DatabaseFailure) in try await database.search(SchemaRights(schema: schema)).first
    }
    if let lack = rights?.lack(of: schema, changing: false) {
      return MigrationFailure(.lacking(lack), lack.description)
    }
    return MigrationFailure(.older, "The schema \"\(schema)\" of the database is empty: run `latchkey migrate` first.")
  }

  private func migrate(
    _ session: Session, in schema: String?, _ progress: @Sendable (String) -> Void
  ) async throws(MigrationFailure) -> [Migration] {
    try await lock(session)
    var move: Move?
    if let schema {
      try await makeSchema(schema, session)
      move = try await moveFromPublic(to: schema, session)
    }
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
      try await apply(migration, session, move.flatMap { $0.version == migration.version ? $0.schema : nil })
    }
    return pending
  }

  private func makeSchema(_ schema: String, _ session: Session) async throws(MigrationFailure) {
    let what = "The schema \"\(schema)\" cannot be made"
    let rights = try await reaching(what) { () async throws(DatabaseFailure) in
      try await session.run(SchemaRights(schema: schema)).rows.first
    }
    guard let rights else { return }
    if let lack = rights.lack(of: schema, changing: true) {
      throw MigrationFailure(.lacking(lack), lack.description)
    }
    if rights.exists { return }
    try await reaching(what) { () async throws(DatabaseFailure) in
      try await session.unsafeScript("CREATE SCHEMA \(SQLText.identifier(schema))")
    }
  }

  /// A migration that begins in `public` and ends in our own schema.
  private struct Move {
    let version: Int
    let schema: String
  }

  /// Checks whether our tables are still in `public`, and works there until the migration that moves them. Other
  /// programs may have tables of the same names there, a history among them: ours is known by its first entry's
  /// checksum, and by being older than that migration.
  private func moveFromPublic(to schema: String, _ session: Session) async throws(MigrationFailure) -> Move? {
    guard let leavesPublicAt, schema != PublicHistory.schema else { return nil }
    let history = try await reaching("The database's version cannot be read") { () async throws(DatabaseFailure) in
      try await historyInPublic(session)
    }
    guard let newest = history.last, newest.version < leavesPublicAt else { return nil }
    try await lookIn(PublicHistory.schema, session)
    return Move(version: leavesPublicAt, schema: schema)
  }

  /// Our history there; empty if the session's own schema has a history already.
  private func historyInPublic(_ session: Session) async throws(DatabaseFailure) -> [AppliedMigration] {
    if try await session.run(HistoryExists()).rows.first == true { return [] }
    guard try await session.run(PublicHistory.IsReadable()).rows.first == true else { return [] }
    let history = try await session.run(PublicHistory.Entries()).rows
    let checksums = try await session.run(Checksums(texts: migrations.prefix(1).map(\.sql))).rows
    return history.first?.checksum == checksums.first ? history : []
  }

  private func lookIn(_ schema: String, _ session: Session) async throws(MigrationFailure) {
    try await reaching("The schema \"\(schema)\" cannot be worked in") { () async throws(DatabaseFailure) in
      try await session.unsafeScript("SET search_path TO \(SQLText.identifier(schema))")
    }
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

  /// - Parameter schema: the schema where this migration and those after it work; nil for where the previous ones did.
  private func apply(
    _ migration: Migration, _ session: Session, _ schema: String?
  ) async throws(MigrationFailure) {
    let failed = "Migration \(migration.version) (\(migration.name)) failed and was rolled back"
    try await reaching(failed) { () async throws(DatabaseFailure) in try await session.unsafeScript("BEGIN") }
    if let schema { try await lookIn(schema, session) }
    try await reaching(failed) { () async throws(DatabaseFailure) in try await session.unsafeScript(migration.sql) }
    guard await session.isInTransaction else {
      throw MigrationFailure(
        .badList, "Migration \(migration.version) (\(migration.name)) ends its transaction by itself; it must not.")
    }
    try await reaching(failed) { () async throws(DatabaseFailure) in
      try await session.run(RecordApplied(migration: migration))
      try await session.unsafeScript("COMMIT")
    }
  }

  private func newer(_ history: [AppliedMigration]) -> MigrationFailure {
    let newest = history.last?.version ?? 0
    return MigrationFailure(
      .newer, "The database is at version \(newest), newer than this program's \(version): use a newer program.")
  }

  /// The pending migrations; throws when the history is not a prefix of this program's list.
  private func pending(
    after history: [AppliedMigration], _ checksums: [String]
  ) throws(MigrationFailure) -> [Migration] {
    if let newest = history.last, newest.version > version { throw newer(history) }
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
    /// The database user lacks a privilege that is needed.
    case lacking(LackingRight)
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

/// Runs database calls and prefixes their failures with what they were for.
private func reaching<R>(
  _ what: String, _ body: () async throws(DatabaseFailure) -> R
) async throws(MigrationFailure) -> R {
  do throws(DatabaseFailure) {
    return try await body()
  } catch {
    throw MigrationFailure(.database(error), "\(what): \(error.message).")
  }
}
