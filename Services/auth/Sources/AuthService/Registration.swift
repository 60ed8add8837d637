import Foundation
import LatchkeyProtocol
import ServiceKit
import Store
import WebAuthn

extension AuthService {
  func creationOptions(
    challenge: Data, user: UserID, username: String, displayName: String,
    excluded: [PublicKeyCredentialDescriptor] = [],
    _ settings: ApplicationSettings
  ) throws(ServiceFailure) -> String {
    guard let challenge = Challenge(challenge) else {
      throw ServiceFailure(.internal, mayHaveHappened: false, "Something broke here; the log has the cause.")
    }
    var options = PublicKeyCredentialCreationOptions(
      challenge: challenge, relyingPartyID: relyingParty.id, relyingPartyName: settings.appName,
      user: UserHandle(userID: user.uuid), userName: username, displayName: displayName)
    options.excluded = excluded
    options.userVerification = settings.userVerification
    options.attachment = settings.authenticatorAttachment.flatMap(PublicKeyCredentialCreationOptions.Attachment.init)
    return options.json
  }

  /// W3C WebAuthn §7.1, and the credential record that is stored if every step holds.
  func verifyRegistration(
    _ answer: Auth.CeremonyAnswer, _ challenge: Challenge, _ settings: ApplicationSettings, _ call: Call
  ) throws(CeremonyFailure) -> NewPasskey {
    var expectation = RegistrationExpectation(challenge: challenge, relyingParty: relyingParty)
    expectation.userVerification = settings.userVerification
    expectation.syncedPasskeys = settings.allowSyncedPasskeys
    let ceremony = RegistrationCeremony(expectation)
    let credential = try verified(call) { () throws(Refusal) in
      try ceremony.verify(AuthenticatorAttestationResponse(json: Array(answer.credential.utf8)), at: clock.now())
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
  /// W3C WebAuthn §5.8.6, as the administrator chose.
  var userVerification: UserVerification { requiresUserVerification ? .required : .preferred }
}

extension NewPasskey {
  /// RFC 8176: what making it showed. A passkey that can verify its user did so when it was made.
  var amr: [String] { ["phr", "pop"] + (uvInitialized ? ["user", "mfa"] : []) }
}
