/// The signature algorithms that are offered and verified, by their number in IANA's COSE registry.
///
/// Ed448 (−53, or −8 with curve 7) is not among them: swift-crypto does not have it, and no authenticator in the field
/// makes it. It is never offered, so a credential with it is refused at step 20 like any other algorithm that was not
/// asked for. RS1, RSA-PSS and the RSA forms above SHA-256 are left out likewise.
public enum Algorithm: Int, CaseIterable, Codable, Hashable, Sendable {
  /// ECDSA on P-256 with SHA-256.
  case es256 = -7
  /// EdDSA, which here is Ed25519.
  case eddsa = -8
  /// ECDSA on P-384 with SHA-384.
  case es384 = -35
  /// ECDSA on P-521 with SHA-512.
  case es512 = -36
  /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 4096 bits.
  case rs256 = -257

  /// What registration offers, preferred first (§5.4 pubKeyCredParams). Every authenticator has ES256; RSA comes last,
  /// for the older TPMs that have nothing else.
  public static let offered: [Algorithm] = [.es256, .eddsa, .es384, .es512, .rs256]
}
