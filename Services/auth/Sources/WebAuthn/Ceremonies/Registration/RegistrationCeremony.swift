internal import Crypto
public import Foundation

/// What a registration is compared with: the options that were sent, as the relying party remembers them.
public struct RegistrationExpectation: Sendable {
  public let challenge: Challenge
  public let relyingParty: RelyingParty
  public var userVerification = UserVerification.required
  /// Conditional mediation: the browser made the passkey alongside another sign-in (§5.1.4), so the user may not have
  /// been present.
  public var conditional = false
  /// The algorithms offered (`pubKeyCredParams`).
  public var algorithms = Algorithm.offered
  /// The credentials that were excluded in the options: the user's own.
  public var excluded: [[UInt8]] = []
  /// Whether a passkey that can leave its device is acceptable.
  public var syncedPasskeys = true
  /// Where an attestation has to end; empty accepts any sound one as `certified`.
  public var anchors = TrustAnchors.empty

  public init(challenge: Challenge, relyingParty: RelyingParty) {
    self.challenge = challenge
    self.relyingParty = relyingParty
  }
}

/// §7.1: registering a new credential.
///
/// Steps 1 and 2 (the options, and `create()` in the browser) are `PublicKeyCredentialCreationOptions` and the page's;
/// steps 3 and 4 are `AuthenticatorAttestationResponse`'s.
public struct RegistrationCeremony: Sendable {
  public let expectation: RegistrationExpectation

  public init(_ expectation: RegistrationExpectation) {
    self.expectation = expectation
  }

  /// Steps 5 to 28. The caller still has to spend the challenge, and store the record (29) in a way that refuses an id
  /// that any user already has (26).
  ///
  /// - Parameter now: the time at which attestation certificates have to be valid.
  public func verify(_ response: AuthenticatorAttestationResponse, at now: Date) throws(Refusal) -> NewCredential {
    // 5 to 12: client data.
    let clientData = try CheckedClientData(
      response.clientDataJSON, .create, challenge: expectation.challenge, for: expectation.relyingParty)
    // 13: decode the attestation object into format, authenticator data and statement.
    let attestation = try AttestationObject(response.attestationObject)
    // 14 to 17: relying party, presence (unless conditional), verification, backup flags.
    let authenticator = try CheckedAuthenticatorData(
      attestation.authenticatorData, for: expectation.relyingParty, presence: !expectation.conditional,
      verification: expectation.userVerification)
    guard let credential = authenticator.data.attestedCredential else { throw .attestedCredentialMissing }
    // 18: the backup eligibility against policy.
    guard expectation.syncedPasskeys || !authenticator.backupEligible else { throw .syncedPasskeyRefused }
    // 19: the backup state is only recorded: no policy of ours asks for a backup.

    // 20: the key's algorithm is one that was offered, and the key is valid for it.
    let algorithm = try credential.key.algorithm(among: expectation.algorithms)
    let key = try VerificationKey(credential.key, algorithm: algorithm)
    // 21: the attestation's format, by its exact name.
    let format = try AttestationFormat(named: attestation.format)
    // 22 to 24: the statement, its trust anchors, and what it proves.
    let type = try AttestationInput(
      statement: attestation.statement, authenticatorData: authenticator.data, credential: credential, key: key,
      clientDataHash: clientData.hash, anchors: expectation.anchors, now: now
    ).verify(format)
    try checkID(of: credential, response)

    // 27: the record. 28: extensions' outputs, unsolicited or missing, change nothing.
    return NewCredential(
      id: credential.id, publicKey: credential.encodedKey, algorithm: algorithm,
      signCount: authenticator.data.signCount, uvInitialized: authenticator.userVerified,
      transports: response.transports, backupEligible: authenticator.backupEligible,
      backupState: authenticator.backedUp, aaguid: credential.aaguid, attestationFormat: format,
      attestationType: type, rpID: expectation.relyingParty.id, discoverable: response.discoverable)
  }

  /// Steps 25 and 26.
  private func checkID(
    of credential: AuthenticatorData.AttestedCredential, _ response: AuthenticatorAttestationResponse
  ) throws(Refusal) {
    // 25: at most 1023 bytes; and not empty.
    guard !credential.id.isEmpty else { throw .credentialIDEmpty }
    guard credential.id.count <= Limit.credentialID else { throw .credentialIDTooLong }
    // §5.1: the response's own id is the credential's; ours is the attested one.
    guard credential.id == response.id else { throw .credentialIDInconsistent }
    // 26: not registered yet. This user's credentials are known here; only the store knows all others.
    guard !expectation.excluded.contains(credential.id) else { throw .credentialAlreadyRegistered }
  }
}
