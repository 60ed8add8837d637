import Foundation
public import Logging
public import Postgres
public import ServiceStore
import Store

/// Seals the audit log in batches, off every request's path, and removes entries past their retention. Any number of
/// processes may run one: a lock in the database lets one work at a time, and each batch is one transaction.
public actor AuditSealer {
  /// How long an entry waits for its seal.
  static let interval = Duration.seconds(30)
  /// Entries of one batch: what one statement reads and one answer of `latchkey audit verify` names.
  package static let batch = 1000
  /// The pause between two batches of a backlog, so that requests get a connection.
  static let breath = Duration.milliseconds(20)

  private let database: Database
  private let chain: AuditChain
  private let retentionDays: Int
  private let logger: Logger
  /// The newest batch that this process saw, and its seal: it must not go back.
  private var newest: (batch: Int, seal: Data)?

  public init(in database: Database, keys: ServiceKeys, retentionDays: Int, logger: Logger) {
    self.database = database
    self.chain = AuditChain(keys: keys)
    self.retentionDays = retentionDays
    self.logger = logger
  }

  /// Returns when cancelled.
  public func run() async {
    while !Task.isCancelled {
      do {
        while try await seal() == Self.batch { try await Task.sleep(for: Self.breath) }
        while try await removeAged() { try await Task.sleep(for: Self.breath) }
      } catch is CancellationError {
        return
      } catch {
        logger.warning("the record could not be sealed now: \(error)")
      }
      do { try await Task.sleep(for: Self.interval) } catch { return }
    }
  }

  /// Seals the next batch, if any entry waits and no other process holds the lock.
  ///
  /// - Returns: how many entries were sealed.
  @discardableResult
  package func seal() async throws -> Int {
    let chain = chain
    let outcome = try await database.transaction { transaction -> (tip: AuditSeals.Tip.Row, sealed: AuditSeal?)? in
      guard try await transaction.first(AuditSeals.TryLock()) == true,
        let tip = try await transaction.first(AuditSeals.Tip())
      else { return nil }
      let take = AuditSeals.Take(batch: tip.batch + 1, limit: Self.batch)
      let entries = try await transaction.write(take).rows
      guard let made = chain.seal(entries, batch: tip.batch + 1, after: tip.seal, at: tip.now) else {
        return (tip, nil)
      }
      try await transaction.write(AuditSeals.Insert(made.seal, leaves: made.leaves))
      return (tip, made.seal)
    }
    guard let outcome else { return 0 }
    warnIfCut(outcome.tip)
    guard let sealed = outcome.sealed else { return 0 }
    newest = (sealed.batch, sealed.seal)
    logger.info(
      "record sealed",
      metadata: [
        "entries": "\(sealed.entries)", "seal": "\(AuditReport.Seam(batch: sealed.batch, seal: sealed.seal))",
      ])
    return sealed.entries
  }

  /// Removes the entries of the oldest batch that is past its retention; its seal stays.
  ///
  /// - Returns: whether there was one.
  @discardableResult
  package func removeAged() async throws -> Bool {
    let (chain, days) = (chain, retentionDays)
    let batch = try await database.transaction { transaction -> Int? in
      guard try await transaction.first(AuditSeals.TryLock()) == true,
        let aged = try await transaction.first(AuditSeals.Aged(days: days))
      else { return nil }
      let mark = chain.prunedSeal(batch: aged.batch, seal: aged.seal, at: aged.now)
      try await transaction.write(AuditSeals.Prune(batch: aged.batch, prunedAt: aged.now, prunedSeal: mark))
      return aged.batch
    }
    if let batch { logger.info("old entries of the record removed", metadata: ["batch": "\(batch)"]) }
    return batch != nil
  }

  /// A cut at the newest end leaves a valid chain: the batch that this process saw before reveals it.
  private func warnIfCut(_ tip: AuditSeals.Tip.Row) {
    if let newest, tip.batch < newest.batch || tip.batch == newest.batch && tip.seal != newest.seal {
      logger.critical(
        "the record was cut off: a seal that was there is gone",
        metadata: ["seal": "\(AuditReport.Seam(batch: newest.batch, seal: newest.seal))"])
    }
    newest = tip.seal.map { (tip.batch, $0) }
  }
}
