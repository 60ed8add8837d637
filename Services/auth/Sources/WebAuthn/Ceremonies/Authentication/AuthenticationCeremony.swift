/// What an authentication is compared with: the options that were sent, as the relying party remembers them.
public struct AuthenticationExpectation: Sendable {
  public let challenge: Challenge
  public let relyingParty: RelyingParty
  public var userVerification = UserVerification.required
  /// The credentials listed in the options; empty asks for a discoverable one.
  public var allowed: [[UInt8]] = []
  /// The user, if the ceremony is about one who is already known (a fresh proof within a session).
  public var user: UserHandle?

  public init(challenge: Challenge, relyingParty: RelyingParty) {
    self.challenge = challenge
    self.relyingParty = relyingParty
  }
}

/// A credential as the store holds it (§4 "credential record"), with the handle of the user who owns it.
public struct StoredCredential: Sendable {
  public var id: [UInt8]
  public var publicKey: [UInt8]
  public var algorithm: Algorithm
  public var signCount: UInt32
  public var uvInitialized: Bool
  public var backupEligible: Bool
  public var owner: UserHandle

  public init(
    id: [UInt8], publicKey: [UInt8], algorithm: Algorithm, signCount: UInt32, uvInitialized: Bool,
    backupEligible: Bool, owner: UserHandle
  ) {
    self.id = id
    self.publicKey = publicKey
    self.algorithm = algorithm
    self.signCount = signCount
    self.uvInitialized = uvInitialized
    self.backupEligible = backupEligible
    self.owner = owner
  }
}

/// §7.2: verifying an authentication assertion.
///
/// Steps 1 and 2 (the options, and `get()` in the browser) are `PublicKeyCredentialRequestOptions` and the page's;
/// steps 3 and 4 are `AuthenticatorAssertionResponse`'s.
public struct AuthenticationCeremony: Sendable {
  public let expectation: AuthenticationExpectation

  public init(_ expectation: AuthenticationExpectation) {
    self.expectation = expectation
  }

  /// Steps 5 to 25. The caller still has to spend the challenge, check that user and credential are enabled, and write
  /// what `Assertion` says (24) in one statement conditional on the counter it read.
  ///
  /// - Parameter stored: the record of `response.id`, nil where there is none.
  public func verify(
    _ response: AuthenticatorAssertionResponse, stored: StoredCredential?
  ) throws(Refusal) -> Assertion {
    let stored = try identify(response, stored)
    // 7: client data, authenticator data and signature. 8 to 14: client data.
    let clientData = try CheckedClientData(
      response.clientDataJSON, .get, challenge: expectation.challenge, for: expectation.relyingParty)
    let data = try AuthenticatorData(response.authenticatorData)
    // §6.3.3: an assertion's authenticator data excludes attested credential data.
    guard data.attestedCredential == nil else { throw .attestedCredentialUnexpected }
    // 15 to 18: relying party, presence, verification, backup flags.
    let authenticator = try CheckedAuthenticatorData(
      data, for: expectation.relyingParty, presence: true, verification: expectation.userVerification)
    // 19: backup eligibility never changes.
    guard authenticator.backupEligible == stored.backupEligible else { throw .backupEligibilityChanged }
    // 20 and 21: the signature over authenticator data and hash, by the stored key with the stored algorithm.
    try verificationKey(of: stored).verify(response.signature, over: data.bytes + clientData.hash)
    try checkCounter(data.signCount, stored.signCount)
    // 23: extensions' outputs, unsolicited or missing, change nothing.

    // 24: what to update. 25: all steps succeeded.
    return Assertion(
      credentialID: stored.id, user: stored.owner, signCount: data.signCount, backupState: authenticator.backedUp,
      userVerified: authenticator.userVerified,
      verificationIsFactor: authenticator.userVerified && stored.uvInitialized)
  }

  /// Steps 5 and 6: which credential and whose.
  private func identify(
    _ response: AuthenticatorAssertionResponse, _ stored: StoredCredential?
  ) throws(Refusal) -> StoredCredential {
    // 5: one of the credentials that were asked for, if any were listed.
    guard expectation.allowed.isEmpty || expectation.allowed.contains(response.id) else {
      throw .credentialNotAllowed
    }
    // 6: the record exists, and belongs to the user.
    guard let stored, stored.id == response.id else { throw .credentialUnknown }
    if let user = expectation.user {
      // 6, known user: the credential is theirs, and a handle, if sent, names them.
      guard stored.owner == user else { throw .userMismatch }
    } else if response.userHandle == nil {
      // 6, user not known before: the handle is required.
      throw .userHandleMissing
    }
    // 6: a handle names the owner. Its length is §5.4.3's.
    if let handle = response.userHandle {
      guard let parsed = UserHandle(handle) else { throw .userHandleInvalid }
      guard parsed == stored.owner else { throw .userMismatch }
    }
    return stored
  }

  private func verificationKey(of stored: StoredCredential) throws(Refusal) -> VerificationKey {
    let key = try COSEKey(encoded: stored.publicKey)
    // The record names the algorithm beside the key; a key that claims another was tampered with.
    guard key.algorithm == stored.algorithm.rawValue else { throw .algorithmChanged }
    return try VerificationKey(key, algorithm: stored.algorithm)
  }

  /// Step 22: the signature counter. If the authenticator or the record counts at all, the count must have grown. If it
  /// has not, the specification leaves the response to policy; ours is to refuse, because a copied key signs as well as
  /// the original, and providers that synchronise keys on purpose do not count.
  private func checkCounter(_ received: UInt32, _ stored: UInt32) throws(Refusal) {
    if received == 0, stored == 0 { return }
    guard received > stored else { throw .signCountNotIncreased }
  }
}
