import Foundation
import LatchkeyProtocol
import ServiceKit
import Store
import WebAuthn

extension AuthService {
  func creationOptions(
    challenge: Data, user: UserID, username: String, displayName: String, excluded: [CredentialDescriptor] = [],
    _ call: Call
  ) async throws(ServiceFailure) -> String {
    guard let challenge = Challenge(challenge) else {
      throw ServiceFailure(.internal, mayHaveHappened: false, "Something broke here; the log has the cause.")
    }
    let chosen = try await currentSettings(call)
    var options = CreationOptions(
      challenge: challenge, relyingPartyID: relyingParty.id, relyingPartyName: chosen.appName,
      user: UserHandle(userID: user.uuid), userName: username, displayName: displayName)
    options.excluded = excluded
    options.userVerification = chosen.userVerification
    options.attachment = chosen.authenticatorAttachment.flatMap(CreationOptions.Attachment.init)
    return options.json
  }

  /// W3C WebAuthn §7.1, and the credential record that is stored if every step holds.
  func verifyRegistration(
    _ answer: Auth.CeremonyAnswer, _ challenge: Challenge, _ call: Call
  ) async throws(CeremonyFailure) -> NewPasskey {
    let chosen = try await stored { () async throws(ServiceFailure) in try await currentSettings(call) }
    var expectation = RegistrationExpectation(challenge: challenge, relyingParty: relyingParty)
    expectation.userVerification = chosen.userVerification
    expectation.syncedPasskeys = chosen.allowSyncedPasskeys
    let ceremony = RegistrationCeremony(expectation)
    let credential = try verified(call) { () throws(Refusal) in
      try ceremony.verify(RegistrationResponse(json: Array(answer.credential.utf8)), at: clock.now())
    }
    let aaguid = UUID(uuidString: credential.aaguid.description) ?? AuthenticatorNames.unknown
    return NewPasskey(
      id: PasskeyID(randomness.uuid()), name: authenticators.name(of: aaguid) ?? "Passkey",
      credentialID: Data(credential.id), publicKey: Data(credential.publicKey),
      algorithm: Int32(credential.algorithm.rawValue), signCount: Int64(credential.signCount),
      uvInitialized: credential.uvInitialized, transports: credential.transports,
      backupEligible: credential.backupEligible, backupState: credential.backupState, aaguid: aaguid,
      attestationType: credential.attestationType.rawValue, rpID: credential.rpID)
  }
}

extension ApplicationSettings {
  var userVerification: UserVerification { requiresUserVerification ? .required : .preferred }
}
