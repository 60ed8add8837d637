import Foundation
import LatchkeyProtocol
import ServiceKit
import Store

extension AuthService {
  func session(_ call: Call) async throws(ServiceFailure) -> Sessions.Resolve.Row? { try await store.session(call) }

  /// A session that begins with this call. Its token is derived from the request's id and from what the request spends,
  /// under a server key: the same request, asked again, is given the same token without its having been stored.
  func newSession(spending once: String, amr: [String], _ call: Call) -> (token: Secret, session: NewSession) {
    let token = sessionToken(spending: once, call)
    let session = NewSession(
      id: SessionID(randomness.uuid()), tokenHash: Data(Digest.sha256(token.exposed)), amr: amr,
      address: call.caller.address, userAgent: String(call.caller.userAgent.prefix(Limits.userAgent)),
      idleSeconds: settings.sessionIdle / .seconds(1), capSeconds: settings.sessionCap / .seconds(1))
    return (token, session)
  }

  func sessionToken(spending once: String, _ call: Call) -> Secret {
    Secret(Base64URL.encode(tokens.hash("\(call.id)/\(once)", purpose: "session")))
  }

  /// The cookie of a session that has just begun lives as long as any session can; the store knows when this one ends.
  func signedIn(_ user: User, _ token: Secret) -> Auth.SignedIn {
    Auth.SignedIn(
      user: user, token: token, endsAt: clock.now().addingTimeInterval(Limits.sessionCookie))
  }

  /// The same with the person's groups and claims, as the REST API shows people.
  func detailed(_ signedIn: Auth.SignedIn, _ call: Call) async throws(ServiceFailure) -> Auth.SignedIn {
    var signedIn = signedIn
    signedIn.user = try await store.detailed(signedIn.user, call)
    return signedIn
  }
}
