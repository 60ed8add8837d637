import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store

extension AuthService {
  func currentUser(
    _ message: Auth.CurrentUser, _ call: Call
  ) async throws(ServiceFailure) -> Auth.CurrentUser.Response {
    guard let principal = try await store.principal(call) else { return .notSignedIn }
    if let session = principal.session { await slide(session, call) }
    return .user(try await store.detailed(principal.user, call))
  }

  func whyNobody(
    _ message: Auth.WhyNobody, _ call: Call
  ) async throws(ServiceFailure) -> Auth.WhyNobody.Response {
    let disabled = Sessions.IsOfDisabled(tokenHash: call.sessionHash, keyHash: call.apiKeyHash)
    return try await store.first(disabled, call) == true ? .disabled : .other
  }

  func listPasskeysOf(
    _ message: Auth.ListPasskeysOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ListPasskeysOf.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard try await store.first(Users.Get(id: message.user), call) != nil else { return .notFound }
      return .passkeys(try await store.read(Passkeys.List(user: message.user), call).map(shown))
    }
  }

  func removePasskeyOf(
    _ message: Auth.RemovePasskeyOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.RemovePasskeyOf.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      var entry = AuditEntry(.passkeyRemoved, call, by: principal, subject: "\(message.id)")
      entry.userID = message.user
      let takeAway = Passkeys.TakeAway(
        id: message.id, user: message.user, keeping: principal.session?.session.id, entry: entry)
      return try await store.write(takeAway, call).rows.first == true ? .removed : .notFound
    }
  }

  func listSessionsOf(
    _ message: Auth.ListSessionsOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ListSessionsOf.Response {
    try await store.forAdministrators(call) { _ throws(ServiceFailure) in
      guard try await store.first(Users.Get(id: message.user), call) != nil else { return .notFound }
      return .sessions(try await store.search(Sessions.List(user: message.user), call))
    }
  }

  func endSessionsOf(
    _ message: Auth.EndSessionsOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.EndSessionsOf.Response {
    let answer: Auth.EndSessionsOf.Response = try await store.forAdministrators(call) {
      principal throws(ServiceFailure) in
      guard try await store.first(Users.Get(id: message.user), call) != nil else { return .notFound }
      var entry = AuditEntry(.sessionEnded, call, by: principal)
      entry.userID = message.user
      guard let session = message.session else {
        let end = Sessions.EndAll(of: message.user, entry: entry)
        return .ended(count: try await store.write(end, call).rows.first ?? 0)
      }
      entry.data["sessionID"] = "\(session)"
      let end = Sessions.End(session, of: message.user, entry: entry)
      let count = try await store.write(end, call).rows.first ?? 0
      return count > 0 ? .ended(count: count) : .notFound
    }
    // A caller that ended its own session is no longer signed in when it retries.
    if case .denied = answer, let count = try await endedBefore(call) { return .ended(count: count) }
    return answer
  }
}
