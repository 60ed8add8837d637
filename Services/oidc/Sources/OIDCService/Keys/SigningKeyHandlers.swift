import LatchkeyProtocol
import Logging
import OIDCRules
import Postgres
import ServiceStore
import Store

extension OIDCService {
  func listSigningKeys(
    _ message: OIDC.ListSigningKeys, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.ListSigningKeys.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in .keys(try await signingKeys(call)) }
  }

  func rotateSigningKeys(
    _ message: OIDC.RotateSigningKeys, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.RotateSigningKeys.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      if let name = message.algorithm, SigningAlgorithm(rawValue: name) == nil { return .unknownAlgorithm }
      // PostgreSQL text cannot hold NUL: a name with one matches no key, so it retires none.
      let expected = message.expected?.filter { !$0.utf8.contains(0) }
      let rotate = SigningKeys.Rotate(
        algorithms: message.algorithm.map { [$0] }, expected: expected,
        entry: entry(.signingKeysRotated, call, by: principal))
      switch try await move(rotate, recordedAs: rotate.entry, call, by: principal) {
      case .denied(let denial): return .denied(denial)
      case .moved: return .rotated(try await signingKeys(call))
      case .nothing: return .unchanged(try await signingKeys(call))
      }
    }
  }

  func revokeSigningKey(
    _ message: OIDC.RevokeSigningKey, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.RevokeSigningKey.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let revoke = SigningKeys.Revoke(kid: message.id, entry: entry(.signingKeyRevoked, call, by: principal))
      switch try await move(revoke, recordedAs: revoke.entry, call, by: principal) {
      case .denied(let denial): return .denied(denial)
      case .moved: return .revoked(try await signingKeys(call))
      case .nothing: return .notFound
      }
    }
  }

  private enum KeyMove: Sendable {
    case moved
    case nothing
    case denied(Admin.Denial)
  }

  private func entry(_ event: AuditEvent, _ call: Call, by principal: Principal) -> AuditEntry {
    var entry = AuditEntry(event, call, by: principal)
    entry.data["method"] = principal.key == nil ? "page" : "api"
    return entry
  }

  /// Moves keys, in one transaction with the proof that it uses up. A repeated request finds its entry in the audit
  /// log, and is told the same.
  private func move<Move: Statement>(
    _ statement: Move, recordedAs entry: AuditEntry, _ call: Call, by principal: Principal
  ) async throws(ServiceFailure) -> KeyMove {
    let answer = try await store.attempt(call) { transaction -> KeyMove in
      _ = try await transaction.first(SigningKeys.Lock())
      if try await transaction.first(AuditLog.Holds(entry)) == true { return .moved }
      guard try await principal.uses(.signingKeys, in: transaction, call) else { return .denied(.proofRequired) }
      // A statement that changed nothing leaves the proof unused.
      guard try await !transaction.write(statement).rows.isEmpty else { throw Rollback(KeyMove.nothing) }
      return .moved
    }
    guard case .success(let outcome) = answer else {
      throw ServiceFailure(.internal, mayHaveHappened: false, "The signing keys could not be changed.")
    }
    // This process need not wait for a notification. If this fails, the next read makes up for it.
    if case .moved = outcome {
      do { try await keyRing.refresh() } catch { logger.error("the signing keys could not be read again: \(error)") }
    }
    return outcome
  }

  /// What the store has, in the order in which it is published.
  private func signingKeys(_ call: Call) async throws(ServiceFailure) -> OIDC.SigningKeys {
    let stored = try await store.read(SigningKeys.All(), call).filter(\.isPublished)
    return OIDC.SigningKeys(
      keys: stored.sorted(by: KeyRing.comesFirst).map(OIDC.SigningKey.init), rotationDays: settings.keyRotationDays)
  }
}

extension OIDC.SigningKey {
  fileprivate init(_ stored: SigningKeys.Stored) {
    let state: State =
      switch stored.state {
      case .next: .next
      case .current: .current
      case .retired: .retired
      }
    self.init(
      id: stored.kid, algorithm: stored.algorithm, state: state, publishedAt: stored.publishedAt,
      signsFrom: stored.signsFrom, retiredAt: stored.retiredAt, believedUntil: stored.believedUntil)
  }
}
