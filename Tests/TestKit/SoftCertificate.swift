internal import Crypto
package import Foundation
internal import Libcrypto

/// A certificate that is valid until a test changes it; its bytes are signed as they are.
package struct SoftCertificate {
  package var version: UInt8 = 3
  /// The version's element in DER, if not the right one.
  package var versionElement: [UInt8]?
  /// The validity in DER, if not the dates'.
  package var validity: [UInt8]?
  /// The serial number in DER.
  package var serial = SoftDER.integer(1)
  /// Names in DER.
  package var issuer: [UInt8]
  package var subject: [UInt8]
  package var notBefore: Date
  package var notAfter: Date
  /// The SubjectPublicKeyInfo in DER.
  package var publicKey: [UInt8]
  /// Extensions in DER; none leaves the member out.
  package var extensions: [[UInt8]] = []
  /// Elements in DER after the extensions, for which there is no place.
  package var tail: [UInt8] = []
  /// The AlgorithmIdentifier in what is signed, and beside the signature, if not the signer's.
  package var innerAlgorithm: [UInt8]?
  package var outerAlgorithm: [UInt8]?

  package init(issuer: [UInt8], subject: [UInt8], publicKey: [UInt8], notBefore: Date, notAfter: Date) {
    self.issuer = issuer
    self.subject = subject
    self.publicKey = publicKey
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  package func der(signedBy signer: SoftKey) throws -> [UInt8] {
    try der(algorithm: Self.signatureAlgorithm(of: signer), sign: signer.sign)
  }

  /// - Parameter algorithm: what is named as the signature's where the two fields do not say otherwise.
  package func der(algorithm: [UInt8] = [], sign: ([UInt8]) throws -> [UInt8]) rethrows -> [UInt8] {
    let signed = SoftDER.sequence(
      versionElement ?? (version == 1 ? [] : SoftDER.element(0xa0, SoftDER.integer(version - 1))),
      serial,
      innerAlgorithm ?? algorithm, issuer,
      validity ?? SoftDER.sequence(SoftDER.time(notBefore), SoftDER.time(notAfter)), subject, publicKey,
      extensions.isEmpty ? [] : SoftDER.element(0xa3, SoftDER.element(0x30, extensions.flatMap { $0 })), tail)
    return SoftDER.sequence(signed, outerAlgorithm ?? algorithm, SoftDER.bits(try sign(signed)))
  }

  /// A name of attributes in DER, each in a part of its own.
  package static func name(_ attributes: [([Int], [UInt8])]) -> [UInt8] {
    SoftDER.element(0x30, attributes.flatMap { SoftDER.set(SoftDER.sequence(SoftDER.oid($0), $1)) })
  }

  package static func authority(_ name: String) -> [UInt8] {
    Self.name([([2, 5, 4, 10], SoftDER.utf8("Soft Authenticators")), ([2, 5, 4, 3], SoftDER.utf8(name))])
  }

  /// A subject that §8.2.1 of WebAuthn asks of an attestation certificate.
  package static let attestationSubject = name([
    ([2, 5, 4, 6], SoftDER.printable("SE")), ([2, 5, 4, 10], SoftDER.utf8("Soft Authenticators")),
    ([2, 5, 4, 11], SoftDER.utf8("Authenticator Attestation")), ([2, 5, 4, 3], SoftDER.utf8("Soft Authenticator 1")),
  ])

  package static func ext(_ oid: [Int], critical: Bool, _ value: [UInt8]) -> [UInt8] {
    SoftDER.sequence(SoftDER.oid(oid), critical ? SoftDER.yes : [], SoftDER.octets(value))
  }

  package static func basicConstraints(authority: Bool, pathLength: UInt8? = nil) -> [UInt8] {
    ext(
      [2, 5, 29, 19], critical: true,
      SoftDER.sequence(authority ? SoftDER.yes : [], pathLength.map { SoftDER.integer($0) } ?? []))
  }

  /// A key usage of keyCertSign alone.
  package static let signsCertificates = ext([2, 5, 29, 15], critical: true, SoftDER.bits([0x04], unused: 2))

  package static func publicKey(of key: SoftKey) -> [UInt8] {
    switch key.secret {
    case .p256(let key): Array(key.publicKey.derRepresentation)
    case .p384(let key): Array(key.publicKey.derRepresentation)
    case .p521(let key): Array(key.publicKey.derRepresentation)
    case .ed25519(let key):
      SoftDER.sequence(
        SoftDER.sequence(SoftDER.oid([1, 3, 101, 112])), SoftDER.bits(Array(key.publicKey.rawRepresentation)))
    case .rsa(let key):
      rsa(modulus: key.publicKey.modulus, exponent: key.publicKey.exponent)
    }
  }

  package static func rsa(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
    SoftDER.sequence(
      SoftDER.sequence(SoftDER.oid([1, 2, 840, 113549, 1, 1, 1]), SoftDER.null),
      SoftDER.bits(SoftDER.sequence(SoftDER.integer(modulus), SoftDER.integer(exponent))))
  }

  private static func signatureAlgorithm(of signer: SoftKey) -> [UInt8] {
    switch signer.secret {
    case .p256: SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 3, 2]))
    case .p384: SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 3, 3]))
    case .p521: SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 3, 4]))
    case .ed25519: SoftDER.sequence(SoftDER.oid([1, 3, 101, 112]))
    case .rsa: SoftDER.sequence(SoftDER.oid([1, 2, 840, 113549, 1, 1, 11]), SoftDER.null)
    }
  }
}
