import LatchkeyProtocol
import Logging
import Postgres
import ServiceStore
import Store

/// One change and its entry in the record: both happen, or neither.
///
///     return try await change(call, by: principal) { change in
///       guard let before = try await change.transaction.first(Groups.Lock(id: id)) else { return .notFound }
///       guard let after = try await change.transaction.write(Groups.Update(…)).rows.first else { return .notFound }
///       var entry = change.entry(.groupUpdated)
///       entry.note("name", .string(before.name), .string(after.name))
///       try await change.record(entry)
///       return .updated(after)
///     }
///
/// A body that has written something and must refuse after all throws `Rollback(answer)`.
struct Change: Sendable {
  let transaction: Transaction
  let principal: Principal
  let call: Call

  /// An entry about what this change does.
  ///
  /// - Parameter subject: tells several entries of one request and event apart.
  func entry(_ event: AuditEvent, subject: String = "") -> AuditEntry {
    AuditEntry(event, call, by: principal, subject: subject)
  }

  func mayLeaveOut(_ count: Int, of field: String, _ logger: Logger) -> Bool {
    principal.mayLeaveOut(count, of: field, logger, call)
  }

  /// Writes an entry, unless it is for an update that changed nothing.
  func record(_ entry: AuditEntry) async throws(DatabaseFailure) {
    if entry.changes.isEmpty, AuditEvent.updates.contains(entry.event) { return }
    try await transaction.write(AuditLog.Insert(entry))
  }

  /// Whether this same request has already written the entry: if so, it is a repetition, and its outcome stands.
  func wasDone(_ entry: AuditEntry) async throws(DatabaseFailure) -> Bool {
    try await transaction.first(AuditLog.Holds(entry)) ?? false
  }

  /// Uses up a fresh proof of the principal, as ``Principal/uses(_:in:_:)``.
  func uses(_ purpose: Auth.ProofPurpose) async throws(DatabaseFailure) -> Bool {
    try await principal.uses(purpose, in: transaction, call)
  }
}

extension Principal {
  /// Whether unknown ids may be left out of a list: only for an API key, whose programs create and delete things in
  /// their own order, as in Pocket ID. Our pages send none.
  func mayLeaveOut(_ count: Int, of field: String, _ logger: Logger, _ call: Call) -> Bool {
    guard count > 0 else { return true }
    guard key != nil else { return false }
    logger.notice(
      "ids that name nothing were left out",
      metadata: ["field": "\(field)", "count": "\(count)", "request": "\(call.id)"])
    return true
  }
}

extension AuditEvent {
  /// Events that say nothing unless a field changed.
  static let updates: Set<AuditEvent> = [
    .userUpdated, .groupUpdated, .clientUpdated, .customClaimsUpdated, .settingsUpdated,
  ]
}

extension AdminService {
  /// Changes something and records it, in one transaction.
  func change<Answer: Sendable>(
    _ call: Call, by principal: Principal, _ body: @Sendable (Change) async throws -> Answer
  ) async throws(ServiceFailure) -> Answer {
    try await store.transaction(call) { transaction in
      try await body(Change(transaction: transaction, principal: principal, call: call))
    }
  }

  /// The same for a change that may break a constraint: the answer is then its name.
  func attemptChange<Answer: Sendable>(
    _ call: Call, by principal: Principal, _ body: @Sendable (Change) async throws -> Answer
  ) async throws(ServiceFailure) -> Result<Answer, BrokenConstraint> {
    try await store.attempt(call) { transaction in
      try await body(Change(transaction: transaction, principal: principal, call: call))
    }
  }
}
