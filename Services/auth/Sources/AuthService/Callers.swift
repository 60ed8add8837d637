import Encodings
import Foundation
import LatchkeyProtocol
import ServiceKit
import ServiceStore
import Store

extension AuthService {
  func session(_ call: Call) async throws(ServiceFailure) -> Sessions.Resolve.Row? { try await store.session(call) }

  /// How long a session that begins now lives: the administrator's choice, or the environment's.
  func sessionLifetime(_ current: ApplicationSettings) -> SessionLifetime {
    SessionLifetime(idle: current.chosenSessionMinutes.map { .seconds($0 * 60) } ?? settings.sessionIdle)
  }

  /// A session that begins with this call. Its token is derived from the request's id and from what the request spends,
  /// under a server key: a retry of the same request gets the same token, though the token was never stored.
  func newSession(
    spending once: String, amr: [String], lifetime: SessionLifetime, _ call: Call
  ) -> (token: Secret, session: NewSession) {
    let token = sessionToken(spending: once, call)
    let session = NewSession(
      id: SessionID(randomness.uuid()), tokenHash: Data(Digest.sha256(token.exposed)), amr: amr,
      address: call.caller.address, userAgent: call.caller.userAgent,
      idleSeconds: lifetime.idle / .seconds(1), capSeconds: lifetime.cap / .seconds(1))
    return (token, session)
  }

  func sessionToken(spending once: String, _ call: Call) -> Secret {
    Secret(Base64URL.encode(tokens.hash("\(call.id)/\(once)", purpose: "session")))
  }

  /// The session that an earlier attempt of this request began, found by the token that a retry would get.
  func repeatedSession(spending once: String, _ call: Call) async throws(ServiceFailure) -> Auth.SignedIn? {
    let token = sessionToken(spending: once, call)
    let begun = try await store.first(Sessions.Resolve(tokenHash: Data(Digest.sha256(token.exposed))), call)
    return begun.map { Auth.SignedIn(user: $0.user, token: token, endsAt: $0.endsAt) }
  }

  /// The cookie of a new session lives as long as the session can.
  func signedIn(_ user: User, _ token: Secret, _ lifetime: SessionLifetime) -> Auth.SignedIn {
    Auth.SignedIn(
      user: user, token: token, endsAt: clock.now().addingTimeInterval(lifetime.cap / .seconds(1)))
  }

  /// The user whose session has just begun, with groups and claims as the REST API shows users. The browser's previous
  /// session runs out: only a thief could still hold its token.
  func begun(_ signedIn: Auth.SignedIn, _ call: Call) async throws(ServiceFailure) -> Auth.SignedIn {
    if let before = call.caller.session, before != signedIn.token {
      _ = try await store.write(Sessions.Replace(tokenHash: Data(Digest.sha256(before.exposed))), call)
    }
    var signedIn = signedIn
    signedIn.user = try await store.detailed(signedIn.user, call)
    return signedIn
  }
}

/// How long a session lives.
struct SessionLifetime {
  /// Without use.
  let idle: Duration

  /// However much it is used: a week, or the idle time if that is longer.
  var cap: Duration { max(idle, .seconds(7 * 24 * 3600)) }
}
