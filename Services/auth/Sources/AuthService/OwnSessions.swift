import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AuthService {
  func currentSession(
    _ message: Auth.CurrentSession, _ call: Call
  ) async throws(ServiceFailure) -> Auth.CurrentSession.Response {
    guard let found = try await session(call) else { return .signedOut }
    await slide(found, call)
    return .signedIn(found.user, found.session)
  }

  func listSessions(
    _ message: Auth.ListSessions, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ListSessions.Response {
    guard let found = try await session(call) else { return .notSignedIn }
    return .sessions(try await store.search(Sessions.List(user: found.user.id), call), current: found.session.id)
  }

  func endSessions(
    _ message: Auth.EndSessions, _ call: Call
  ) async throws(ServiceFailure) -> Auth.EndSessions.Response {
    guard let found = try await session(call) else {
      return try await endedBefore(call).map { .ended(count: $0) } ?? .notSignedIn
    }
    var entry = AuditEntry(.sessionEnded, call, about: found.user)
    entry.session = found.session.id
    switch message.which {
    case .one(let id):
      entry.data["sessionID"] = "\(id)"
      return try await ended(by: Sessions.End(id, of: found.user.id, entry: entry), call)
    case .others:
      return try await ended(by: Sessions.End(allBut: found.session.id, of: found.user.id, entry: entry), call)
    case .everywhere: return try await ended(by: Sessions.EndAll(of: found.user.id, entry: entry), call)
    }
  }

  private func ended<S: Statement>(
    by end: S, _ call: Call
  ) async throws(ServiceFailure) -> Auth.EndSessions.Response where S.Row == Int {
    .ended(count: try await store.write(end, call).rows.first ?? 0)
  }

  /// How many sessions an earlier attempt of this request ended, perhaps its own among them; nil if it ended none.
  func endedBefore(_ call: Call) async throws(ServiceFailure) -> Int? {
    try await store.first(Sessions.EndedBefore(recordedAs: AuditEntry(.sessionEnded, call)), call)
  }

  /// Moves a session's expiry on, if it was last seen a while ago.
  func slide(_ found: Sessions.Resolve.Row, _ call: Call) async {
    guard found.stale else { return }
    await store.note(Sessions.Slide(id: found.session.id, idleSeconds: settings.sessionIdle / .seconds(1)), call)
  }
}
