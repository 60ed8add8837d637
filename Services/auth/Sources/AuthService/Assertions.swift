import Foundation
import LatchkeyProtocol
import ServiceStore
import Store
import WebAuthn

/// A verified assertion: whose passkey it was, and what it changes in the record.
struct VerifiedAssertion {
  let user: User
  let used: UsedPasskey
  let passkeyName: String
  /// RFC 8176: what the assertion showed, and nothing more.
  let amr: [String]
}

/// A passkey's response as parsed, with the stored row that it is verified against.
struct PresentedAssertion {
  let answer: Auth.CeremonyAnswer
  let response: AuthenticatorAssertionResponse
  let stored: Passkeys.ForAssertion.Row
}

extension AuthService {
  /// - Parameter token: of the session that is to begin; nil if there is none.
  func presented(
    _ answer: Auth.CeremonyAnswer, beginning token: Secret? = nil, _ call: Call
  ) async throws(CeremonyFailure) -> PresentedAssertion {
    let response = try verified(call) { () throws(Refusal) in
      try AuthenticatorAssertionResponse(json: Array(answer.credential.utf8))
    }
    let read = Passkeys.ForAssertion(
      credentialID: Data(response.id), sessionHash: token.map { Data(Digest.sha256($0.exposed)) })
    let row = try await stored { () async throws(ServiceFailure) in try await store.first(read, call) }
    // The query always returns one row.
    guard let row else { throw .refused(.unknownPasskey) }
    return PresentedAssertion(answer: answer, response: response, stored: row)
  }

  /// W3C WebAuthn §7.2. A refusal of a known passkey goes into the audit log.
  ///
  /// - Parameters:
  ///   - user: the only user whose passkeys count, for a proof within a session; nil asks for a discoverable one.
  ///   - purpose: what the audit log says that it was for.
  func verifyAssertion(
    _ presented: PresentedAssertion, _ challenge: Challenge, of user: User? = nil, for purpose: String, _ call: Call
  ) async throws(CeremonyFailure) -> VerifiedAssertion {
    let (response, record) = (presented.response, presented.stored.passkey)
    var expectation = AuthenticationExpectation(challenge: challenge, relyingParty: relyingParty)
    expectation.userVerification = presented.stored.settings.userVerification
    expectation.user = user.map { UserHandle(userID: $0.id.uuid) }
    let ceremony = AuthenticationCeremony(expectation)
    let assertion: Assertion
    do {
      assertion = try ceremony.verify(response, stored: record.flatMap { StoredCredential($0, id: response.id) })
    } catch {
      if let record {
        await recordRefusal(of: user ?? record.user, for: purpose, reason: error.rawValue, record.name, call)
      }
      throw refused(error, of: presented.answer, call)
    }
    guard let record else { throw .refused(.unknownPasskey) }
    guard !record.user.disabled else {
      await recordRefusal(of: record.user, for: purpose, reason: "userDisabled", record.name, call)
      throw .refused(.userDisabled)
    }
    return VerifiedAssertion(
      user: record.user,
      used: UsedPasskey(
        id: record.id, signCount: Int64(assertion.signCount), backupState: assertion.backupState),
      passkeyName: record.name, amr: ["phr", "pop"] + (assertion.verificationIsFactor ? ["user", "mfa"] : []))
  }
}

extension StoredCredential {
  init?(_ row: Passkeys.ForAssertion.Passkey, id: [UInt8]) {
    guard let algorithm = Algorithm(rawValue: Int(row.algorithm)), let count = UInt32(exactly: row.signCount) else {
      return nil
    }
    self.init(
      id: id, publicKey: Array(row.publicKey), algorithm: algorithm, signCount: count,
      uvInitialized: row.uvInitialized, backupEligible: row.backupEligible,
      owner: UserHandle(userID: row.user.id.uuid))
  }
}
