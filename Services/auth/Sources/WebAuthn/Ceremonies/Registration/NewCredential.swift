/// A credential that passed registration (§4 "credential record", §7.1 step 27): all that has to be stored.
public struct NewCredential: Sendable {
  /// 1 to 1023 bytes, unique over all users.
  public let id: [UInt8]
  /// The COSE_Key as the authenticator encoded it.
  public let publicKey: [UInt8]
  /// The key's algorithm, which every assertion must use.
  public let algorithm: Algorithm
  public let signCount: UInt32
  /// Whether the user was verified when the credential was made.
  public let uvInitialized: Bool
  /// How the authenticator can be reached, as hints for later ceremonies; names that we do not know are kept.
  public let transports: [String]
  /// Whether the credential may be backed up; it never changes afterwards.
  public let backupEligible: Bool
  /// Whether the credential is backed up now.
  public let backupState: Bool
  public let aaguid: AAGUID
  public let attestationFormat: AttestationFormat
  public let attestationType: AttestationType
  /// The relying party id that the credential is bound to.
  public let rpID: String
  /// Whether the passkey can be found without its id, as the client says (`credProps.rk`); nil if it did not say.
  public let discoverable: Bool?
}
