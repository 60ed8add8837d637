internal import CLibcrypto
package import Foundation

/// A certificate (X.509, RFC 5280 §4.1) as read: what it says, and whether a key signed it.
///
/// What it ought to say is up to the caller: nothing of RFC 5280 §6 is decided here. Certificates are equal when their
/// bytes are.
package struct Certificate: Sendable {
  /// The longest certificate, in bytes. An untrusted one comes in an attestation object, which may have 64 KiB in all;
  /// real ones have one or two.
  package static let longest = 64 * 1024

  /// The whole certificate in DER.
  package let der: [UInt8]
  /// 1, 2 or 3.
  package let version: Int
  /// The first and the last second of its validity (RFC 5280 §4.1.2.5).
  package let notBefore: Date
  package let notAfter: Date
  package let issuer: DistinguishedName
  package let subject: DistinguishedName
  /// In the certificate's order, each OID once.
  package let extensions: [Extension]
  package let publicKey: PublicKey
  package let signatureAlgorithm: SignatureAlgorithm

  private let key: KeyHandle
  private let signedBytes: [UInt8]
  private let signature: [UInt8]

  /// One extension (RFC 5280 §4.2).
  package struct Extension: Sendable {
    package let oid: OID
    package let isCritical: Bool
    /// The content of the extension's OCTET STRING, not parsed.
    package let value: [UInt8]
  }

  /// Reads a certificate in strict DER: all of the bytes, and no other encoding of the same certificate.
  ///
  /// - Throws: `tooLarge`, `malformed`, or `unsupported` for a key or a signature of an unknown algorithm.
  package init(der: [UInt8]) throws(CertificateFailure) {
    guard der.count <= Self.longest else { throw .tooLarge }
    guard DER.isOneElement(der), let frame = CertificateFrame(der) else { throw .malformed }
    self = try quietly { () throws(CertificateFailure) in
      try Certificate(der: der, frame: frame, parsed: try ParsedCertificate.read(der))
    }
  }

  private init(der: [UInt8], frame: CertificateFrame, parsed: borrowing ParsedCertificate) throws(CertificateFailure) {
    self.der = der
    version = try parsed.version()
    (notBefore, notAfter) = (try parsed.notBefore(), try parsed.notAfter())
    (issuer, subject) = (try parsed.issuer(), try parsed.subject())
    extensions = try parsed.extensions()
    signatureAlgorithm = try parsed.signatureAlgorithm()
    (publicKey, key) = try parsed.publicKey()
    // What is signed is taken from the input, which is known to be what was parsed.
    signedBytes = frame.signedBytes
    signature = frame.signature
    guard !signatureAlgorithm.isECDSA || Self.isECDSASignature(signature) else { throw .malformed }
  }

  /// Whether the key of `issuer` signed this certificate, by the algorithm that this certificate names. Does not check
  /// whether the issuer may sign, nor whether the algorithm is still good enough.
  package func isSigned(by issuer: Certificate) -> Bool {
    switch (signatureAlgorithm, issuer.publicKey) {
    case (.rsaSHA1, _): false
    case (.rsaSHA256, .rsa(let key)): key.accepts(signature, for: signedBytes, .pkcs1, .sha256)
    case (.rsaSHA384, .rsa(let key)): key.accepts(signature, for: signedBytes, .pkcs1, .sha384)
    case (.rsaSHA512, .rsa(let key)): key.accepts(signature, for: signedBytes, .pkcs1, .sha512)
    case (.ecdsaSHA256, .p256), (.ecdsaSHA256, .p384), (.ecdsaSHA256, .p521):
      issuer.key.accepts(signature, over: signedBytes, digest: .sha256)
    case (.ecdsaSHA384, .p256), (.ecdsaSHA384, .p384), (.ecdsaSHA384, .p521):
      issuer.key.accepts(signature, over: signedBytes, digest: .sha384)
    case (.ecdsaSHA512, .p256), (.ecdsaSHA512, .p384), (.ecdsaSHA512, .p521):
      issuer.key.accepts(signature, over: signedBytes, digest: .sha512)
    case (.ed25519, .ed25519): issuer.key.accepts(signature, over: signedBytes, digest: nil)
    default: false
    }
  }

  /// The extension of this name.
  package subscript(oid: OID) -> Extension? {
    extensions.first { $0.oid == oid }
  }

  /// RFC 3279 §2.2.3: a sequence of r and s, which are not negative.
  private static func isECDSASignature(_ signature: [UInt8]) -> Bool {
    guard DER.isOneElement(signature), var members = DERReader(signature[...]).sequence() else { return false }
    guard let r = members.next(DER.Tag.integer)?.first, let s = members.next(DER.Tag.integer)?.first else {
      return false
    }
    return r < 0x80 && s < 0x80 && members.isAtEnd
  }
}

extension Certificate: Equatable {
  package static func == (one: Self, other: Self) -> Bool { one.der == other.der }
}

/// Why bytes are not a usable certificate.
package enum CertificateFailure: Error, Equatable {
  /// Longer than `Certificate.longest`.
  case tooLarge
  /// Not a certificate, or not in strict DER.
  case malformed
  /// The key or the signature is of an unknown algorithm.
  case unsupported
}
