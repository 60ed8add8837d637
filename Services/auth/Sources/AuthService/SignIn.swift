import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store
import WebAuthn

extension AuthService {
  func beginSignIn(_ message: Auth.BeginSignIn, _ call: Call) async throws(ServiceFailure) -> Auth.Ceremony {
    let state = SignInState(challenge: newChallenge())
    let options = try requestOptions(challenge: state.challenge, try await currentSettings(call))
    return try begin(options, state, call)
  }

  func finishSignIn(_ message: Auth.FinishSignIn, _ call: Call) async throws(ServiceFailure)
    -> Auth.SignInOutcome
  {
    let outcome: Auth.SignInOutcome = try await answering(refusal: { .refused($0) }, call) {
      () async throws(CeremonyFailure) in
      let (_, challenge) = try open(SignInState.self, message.answer, call)
      let once = Base64URL.encode(challenge.bytes)
      let presented = try await presented(message.answer, beginning: sessionToken(spending: once, call), call)
      // It would not verify twice: its counter has been seen.
      if presented.stored.isRepeat, let repeated = try await repeatedSignIn(once, call) { return .signedIn(repeated) }
      let assertion = try await verifyAssertion(presented, challenge, for: "sign-in", call)
      let lifetime = sessionLifetime(presented.stored.settings)
      let (token, session) = newSession(
        spending: once, amr: assertion.amr, lifetime: lifetime, call)
      let outcome = try await stored { () async throws(ServiceFailure) in
        try await store.write(
          Ceremonies.SignIn(
            challenge: spending(challenge, call), passkey: assertion.used, session: session,
            entry: signInEntry(of: assertion.user, session, with: assertion.passkeyName, call),
            newDevice: newDeviceMail(call)), call
        ).rows.first
      }
      if outcome?.done == true { return .signedIn(signedIn(assertion.user, token, lifetime)) }
      // The same request may have completed elsewhere while this one was verifying.
      if let repeated = try await repeatedSignIn(once, call) { return .signedIn(repeated) }
      guard outcome?.spent == true else { return .refused(.spent) }
      // Spent here without a session: the counter or the account changed between reading and writing.
      await recordRefusal(of: assertion.user, for: "sign-in", reason: "changedMeanwhile", assertion.passkeyName, call)
      return .refused(.verificationFailed)
    }
    guard case .signedIn(let signedIn) = outcome else { return outcome }
    return .signedIn(try await begun(signedIn, call))
  }

  /// What the user is told when a session begins in a browser not seen before.
  func newDeviceMail(_ call: Call) throws(ServiceFailure) -> OutboxItem {
    try mail.item(Mail(.newDevice(Mail.Origin(call, at: clock.now())), languages: call.caller.languages), call)
  }

  /// The session that an earlier attempt of this request began, found by the token that a retry would get.
  private func repeatedSignIn(_ once: String, _ call: Call) async throws(CeremonyFailure) -> Auth.SignedIn? {
    try await stored { () async throws(ServiceFailure) in try await repeatedSession(spending: once, call) }
  }

  func signOut(_ message: Auth.SignOut, _ call: Call) async throws(ServiceFailure) -> Auth.SignOut.Response {
    if let token = call.caller.session {
      let signOut = Sessions.SignOut(
        tokenHash: Data(Digest.sha256(token.exposed)), entry: AuditEntry(.signOut, call))
      _ = try await store.write(signOut, call)
    }
    return Auth.SignOut.Response()
  }

  /// - Parameter allowed: the only passkeys accepted; empty asks for a discoverable one.
  func requestOptions(
    challenge: Data, allowed: [PublicKeyCredentialDescriptor] = [], _ settings: ApplicationSettings
  ) throws(ServiceFailure) -> String {
    guard let challenge = Challenge(challenge) else {
      throw ServiceFailure(.internal, mayHaveHappened: false, "Something broke here; the log has the cause.")
    }
    var options = PublicKeyCredentialRequestOptions(challenge: challenge, relyingPartyID: relyingParty.id)
    options.allowed = allowed
    options.userVerification = settings.userVerification
    return options.json
  }
}
