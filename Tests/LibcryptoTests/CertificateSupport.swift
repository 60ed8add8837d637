import Foundation
import Libcrypto
import TestKit
import Testing

enum Wrong: Error { case key }

private let key = Result { try SoftKey.make(-7) }

/// One P-256 key for all.
func signer() throws -> SoftKey { try key.get() }

/// A certificate of `signer`'s by itself: an authority.
func certificate() throws -> SoftCertificate {
  let name = SoftCertificate.authority("Root")
  var made = SoftCertificate(
    issuer: name, subject: SoftCertificate.authority("Subject"), publicKey: SoftCertificate.publicKey(of: try signer()),
    notBefore: Date(timeIntervalSince1970: 1_700_000_000), notAfter: Date(timeIntervalSince1970: 1_900_000_000))
  made.extensions = [SoftCertificate.basicConstraints(authority: true), SoftCertificate.signsCertificates]
  return made
}

/// Why these bytes are not a certificate; nil when they are.
func refusal(of der: [UInt8]) -> CertificateFailure? {
  leavingNoErrors {
    do throws(CertificateFailure) {
      _ = try Certificate(der: der)
      return nil
    } catch {
      return error
    }
  }
}
