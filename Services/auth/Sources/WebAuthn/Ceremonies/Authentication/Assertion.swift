/// An authentication that passed (§7.2 step 25), with the updates to the credential's record (step 24).
public struct Assertion: Sendable {
  public let credentialID: [UInt8]
  /// Who signed in: the owner of the stored credential.
  public let user: UserHandle
  /// The record's new counter.
  public let signCount: UInt32
  /// The record's new backup state.
  public let backupState: Bool
  /// Whether the authenticator says that it verified the user this time.
  public let userVerified: Bool
  /// Whether that verification counts as a factor of its own: it does once the record's `uvInitialized` is true. Step
  /// 24 lets it become true only when another factor as strong has confirmed it, since anyone who finds a key without a
  /// PIN can set one; so nothing here proposes it.
  public let verificationIsFactor: Bool
}
