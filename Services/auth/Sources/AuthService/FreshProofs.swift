import Foundation
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store
import WebAuthn

extension AuthService {
  func beginProof(
    _ message: Auth.BeginProof, _ call: Call
  ) async throws(ServiceFailure) -> Auth.BeginProof.Response {
    guard let session = try await session(call) else { return .notSignedIn }
    guard message.also?.count ?? 0 < Auth.BeginProof.mostPurposes else {
      throw ServiceFailure(
        .malformed, mayHaveHappened: false, "A proof is for at most \(Auth.BeginProof.mostPurposes) purposes.")
    }
    let passkeys = try await store.read(Passkeys.List(user: session.user.id), call)
    let state = ProofState(
      challenge: newChallenge(), session: session.session.id,
      proves: ([message.purpose] + (message.also ?? [])).map(\.text))
    let options = try requestOptions(
      challenge: state.challenge, allowed: passkeys.map(PublicKeyCredentialDescriptor.init),
      try await currentSettings(call))
    return .begun(try begin(options, state, call))
  }

  func finishProof(
    _ message: Auth.FinishProof, _ call: Call
  ) async throws(ServiceFailure) -> Auth.FinishProof.Response {
    guard let session = try await session(call) else { return .notSignedIn }
    return try await answering(refusal: { .refused($0) }, call) { () async throws(CeremonyFailure) in
      let (state, challenge) = try open(ProofState.self, message.answer, call)
      // A state begun in another session does not count in this one.
      guard state.session == session.session.id else { throw .refused(.stateInvalid) }
      if try await stored({ () async throws(ServiceFailure) in try await spentHere(challenge, call) }) {
        return .proven
      }
      let purposes = state.proves.joined(separator: ",")
      let assertion = try await verifyAssertion(
        try await presented(message.answer, call), challenge, of: session.user, for: purposes, call)
      var entry = AuditEntry(.reauthenticated, call, about: session.user)
      entry.session = session.session.id
      entry.data = ["purpose": purposes, "passkeyName": assertion.passkeyName]
      let proven = entry
      let outcome = try await stored { () async throws(ServiceFailure) in
        try await store.write(
          Ceremonies.Prove(
            challenge: spending(challenge, call), passkey: assertion.used, session: state.session,
            purposes: state.proves, lifetimeSeconds: Limits.proof / .seconds(1),
            amr: assertion.amr, entry: proven), call
        ).rows.first
      }
      if outcome?.done == true { return .proven }
      return .refused(outcome?.spent == true ? .verificationFailed : .spent)
    }
  }
}

extension PublicKeyCredentialDescriptor {
  init(_ listed: Passkeys.Listed) {
    self.init(id: Array(listed.passkey.credentialID), transports: listed.passkey.transports)
  }
}
