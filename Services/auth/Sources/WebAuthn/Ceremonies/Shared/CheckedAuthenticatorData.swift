internal import Crypto

/// Authenticator data made for us, with the presence and verification that the ceremony asked for.
struct CheckedAuthenticatorData: Sendable {
  let data: AuthenticatorData

  /// - Parameter presence: false only for a registration with conditional mediation (R15).
  init(
    _ data: AuthenticatorData, for party: RelyingParty, presence: Bool, verification: UserVerification
  ) throws(Refusal) {
    // R14, A15: rpIdHash is the SHA-256 of our relying party id.
    guard data.rpIDHash == Array(SHA256.hash(data: Array(party.id.utf8))) else { throw .relyingPartyMismatch }
    // R15, A16: the user was present.
    guard data.flags.contains(.userPresent) || !presence else { throw .userNotPresent }
    // R16, A17: the user was verified, if that is required.
    guard data.flags.contains(.userVerified) || verification != .required else { throw .userNotVerified }
    // R17, A18: a credential that cannot be backed up is not backed up.
    guard data.flags.contains(.backupEligible) || !data.flags.contains(.backedUp) else {
      throw .backedUpButNotEligible
    }
    self.data = data
  }

  var userVerified: Bool { data.flags.contains(.userVerified) }
  var backupEligible: Bool { data.flags.contains(.backupEligible) }
  var backedUp: Bool { data.flags.contains(.backedUp) }
}
