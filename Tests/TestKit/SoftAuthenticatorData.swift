internal import Crypto

/// What the authenticator signs. Flags and contents are independent of each other here, so that a test can let them
/// disagree.
package struct SoftAuthenticatorData: Sendable {
  package static let userPresent: UInt8 = 1 << 0
  package static let userVerified: UInt8 = 1 << 2
  package static let backupEligible: UInt8 = 1 << 3
  package static let backedUp: UInt8 = 1 << 4
  package static let attested: UInt8 = 1 << 6
  package static let extended: UInt8 = 1 << 7

  /// Attested credential data.
  package struct Attested: Sendable {
    package var aaguid: [UInt8]
    package var id: [UInt8]
    /// The length to claim, if not the id's own.
    package var claimedLength: Int?
    package var key: SoftCBOR

    package init(aaguid: [UInt8], id: [UInt8], key: SoftCBOR) {
      self.aaguid = aaguid
      self.id = id
      self.key = key
    }
  }

  package var rpIDHash: [UInt8]
  package var flags: UInt8
  package var signCount: UInt32
  package var attestedCredential: Attested?
  package var extensions: SoftCBOR?
  /// Bytes after the end.
  package var tail: [UInt8] = []

  package init(rpID: String, flags: UInt8, signCount: UInt32 = 0) {
    rpIDHash = Self.hash(rpID)
    self.flags = flags
    self.signCount = signCount
  }

  package static func hash(_ rpID: String) -> [UInt8] {
    Array(SHA256.hash(data: Array(rpID.utf8)))
  }

  package var bytes: [UInt8] {
    var bytes = rpIDHash + [flags]
    bytes += (0..<4).reversed().map { UInt8(truncatingIfNeeded: signCount >> ($0 * 8)) }
    if let attested = attestedCredential {
      let length = attested.claimedLength ?? attested.id.count
      bytes += attested.aaguid + [UInt8(length >> 8 & 0xff), UInt8(length & 0xff)] + attested.id
      bytes += attested.key.encoded
    }
    return bytes + (extensions?.encoded ?? []) + tail
  }
}
