import Foundation
public import LatchkeyProtocol
import Postgres
import ServiceKit
import Store
import WebAuthn

extension AuthService {
  public func beginSignIn(_ message: Auth.BeginSignIn, _ call: Call) async throws(ServiceFailure) -> Auth.Ceremony {
    let state = SignInState(challenge: newChallenge())
    return try begin(try await requestOptions(challenge: state.challenge, call), state, call)
  }

  public func finishSignIn(_ message: Auth.FinishSignIn, _ call: Call) async throws(ServiceFailure)
    -> Auth.SignInOutcome
  {
    let outcome: Auth.SignInOutcome = try await answering(refusal: { .refused($0) }, call) {
      () async throws(CeremonyFailure) in
      let (_, challenge) = try open(SignInState.self, message.answer, call)
      if let repeated = try await repeatedSignIn(challenge, call) { return .signedIn(repeated) }
      let assertion = try await verifyAssertion(message.answer, challenge, for: "sign-in", call)
      let (token, session) = newSession(
        spending: Base64URL.encode(challenge.bytes), amr: assertion.amr, call)
      let outcome = try await stored { () async throws(ServiceFailure) in
        try await store.write(
          Ceremonies.SignIn(
            challenge: spending(challenge, call), passkey: assertion.used, session: session,
            entry: signInEntry(of: assertion.user, session, with: assertion.passkeyName, call),
            newDevice: newDeviceMail(call)), call
        ).rows.first
      }
      if outcome?.done == true { return .signedIn(signedIn(assertion.user, token)) }
      // The same request may have run to its end elsewhere while this one was verifying.
      if let repeated = try await repeatedSignIn(challenge, call) { return .signedIn(repeated) }
      guard outcome?.spent == true else { return .refused(.spent) }
      // Spent here without a session: the counter or the account changed between reading and writing.
      await recordRefusal(of: assertion.user, for: "sign-in", reason: "changedMeanwhile", assertion.passkeyName, call)
      return .refused(.verificationFailed)
    }
    guard case .signedIn(let signedIn) = outcome else { return outcome }
    return .signedIn(try await detailed(signedIn, call))
  }

  /// What a person is told when a session begins in a browser that was not seen before.
  func newDeviceMail(_ call: Call) throws(ServiceFailure) -> OutboxItem {
    let content = Mail.Content.newDevice(
      userAgent: String(call.caller.userAgent.prefix(Limits.userAgent)), address: call.caller.address, at: clock.now())
    return try mail.item(Mail(content, languages: call.caller.languages), call)
  }

  /// The session that this request has begun before, found by the token that it would be given again.
  private func repeatedSignIn(
    _ challenge: Challenge, _ call: Call
  ) async throws(CeremonyFailure) -> Auth.SignedIn? {
    let token = sessionToken(spending: Base64URL.encode(challenge.bytes), call)
    let begun = try await stored { () async throws(ServiceFailure) in
      try await store.first(Sessions.Resolve(tokenHash: Data(Digest.sha256(token.exposed))), call)
    }
    return begun.map { Auth.SignedIn(user: $0.user, token: token, endsAt: $0.endsAt) }
  }

  public func redeemOneTimeCode(
    _ message: Auth.RedeemOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.RedeemOneTimeCode.Response {
    let code = ShortCode.normalised(message.code.exposed)
    guard !code.isEmpty, code.count <= Limits.oneTimeCode else { return .invalid }
    let hash = Data(codes.hash(code, purpose: OneTimeCodes.purpose))
    let (token, session) = newSession(spending: code, amr: ["otp"], call)
    let redeem = OneTimeCodes.Redeem(codeHash: hash, request: call.id, session: session)
    if let user = try await store.write(redeem, call).rows.first {
      return .signedIn(try await detailed(signedIn(user, token), call))
    }
    if let user = try await store.first(OneTimeCodes.RedeemedBy(codeHash: hash, request: call.id), call) {
      return .signedIn(try await detailed(signedIn(user, token), call))
    }
    return .invalid
  }

  public func signOut(_ message: Auth.SignOut, _ call: Call) async throws(ServiceFailure) -> Auth.SignOut.Response {
    if let token = call.caller.session {
      let signOut = Sessions.SignOut(
        tokenHash: Data(Digest.sha256(token.exposed)), entry: AuditEntry(.signOut, call))
      _ = try await store.write(signOut, call)
    }
    return Auth.SignOut.Response()
  }

  /// - Parameter allowed: the only passkeys that will do; none asks for a discoverable one.
  func requestOptions(
    challenge: Data, allowed: [CredentialDescriptor] = [], _ call: Call
  ) async throws(ServiceFailure) -> String {
    guard let challenge = Challenge(challenge) else {
      throw ServiceFailure(.internal, mayHaveHappened: false, "Something broke here; the log has the cause.")
    }
    var options = RequestOptions(challenge: challenge, relyingPartyID: relyingParty.id)
    options.allowed = allowed
    options.userVerification = try await currentSettings(call).userVerification
    return options.json
  }
}
