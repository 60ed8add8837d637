internal import Foundation
internal import Libcrypto

/// The certificates of an `x5c` member: the attestation certificate first, then the issuer of each in turn.
///
/// The path is checked as sent, not built: the order is part of what is verified, and libcrypto's path builder would
/// reorder the certificates.
struct CertificateChain {
  let leaf: Certificate
  let issuers: [Certificate]

  /// - Parameter encoded: at least one certificate in DER.
  init(_ encoded: [[UInt8]]) throws(Refusal) {
    var certificates: [Certificate] = []
    for der in encoded { certificates.append(try Self.parse(der)) }
    guard let leaf = certificates.first else { throw .attestationStatementInvalid }
    self.leaf = leaf
    issuers = Array(certificates.dropFirst())
  }

  static func parse(_ der: [UInt8]) throws(Refusal) -> Certificate {
    do {
      return try Certificate(der: der)
    } catch {
      throw .certificateMalformed
    }
  }

  /// R24: whether the chain, which has to be sound in itself, ends at a trust anchor. Without anchors no chain can, and
  /// that is not a refusal; with anchors, a chain that does not is refused.
  func reachesTrust(_ anchors: TrustAnchors, at now: Date) throws(Refusal) -> Bool {
    let path = [leaf] + issuers
    for certificate in path { try check(certificate, at: now) }
    for (depth, issuer) in issuers.enumerated() {
      // A root belongs to the anchors; one that a caller sends proves nothing.
      guard issuer.issuer != issuer.subject else { throw .certificateChainHasRoot }
      try check(issuer, signed: path[depth], depth: depth)
    }
    guard !anchors.certificates.isEmpty else { return false }
    guard let last = path.last else { throw .certificateChainBroken }
    for anchor in anchors.certificates {
      // R24 accepts an attestation certificate that is itself an anchor.
      if anchor == leaf { return true }
      guard anchor.subject == last.issuer else { continue }
      do {
        try check(anchor, at: now)
        try check(anchor, signed: last, depth: issuers.count)
        return true
      } catch {
        continue
      }
    }
    throw .attestationNotTrusted
  }

  /// RFC 5280 §6.1.3 (a)(1) and (a)(2), and §4.2: a critical extension that is not understood is refused.
  private func check(_ certificate: Certificate, at now: Date) throws(Refusal) {
    guard certificate.notBefore <= now, now <= certificate.notAfter else { throw .certificateExpired }
    guard certificate.extensions.allSatisfy({ !$0.isCritical || Self.understood.contains($0.oid) }) else {
      throw .certificateExtensionRefused
    }
  }

  /// Basic constraints, key usage, extended key usage, the subject's and the authority's key identifier, and the
  /// subject's alternative names (RFC 5280 §4.2.1).
  private static let understood: Set<OID> = [
    [2, 5, 29, 19], [2, 5, 29, 15], [2, 5, 29, 37], [2, 5, 29, 14], [2, 5, 29, 35], [2, 5, 29, 17],
  ]

  /// RFC 5280 §6.1.4: the issuer is an authority that may sign certificates at this depth, and signed this one.
  private func check(_ issuer: Certificate, signed certificate: Certificate, depth: Int) throws(Refusal) {
    guard certificate.issuer == issuer.subject, issuer.version == 3,
      case .authority(let pathLength)? = try constraints(of: issuer), depth <= pathLength ?? depth,
      try maySignCertificates(issuer),
      // SHA-1 is not collision-resistant.
      !certificate.signatureAlgorithm.usesSHA1,
      certificate.isSigned(by: issuer)
    else { throw .certificateChainBroken }
  }

  func constraints(of certificate: Certificate) throws(Refusal) -> BasicConstraints? {
    do {
      return try certificate.basicConstraints()
    } catch {
      throw .certificateMalformed
    }
  }

  /// An authority without a key usage is unrestricted (RFC 5280 §4.2.1.3).
  private func maySignCertificates(_ certificate: Certificate) throws(Refusal) -> Bool {
    do {
      return try certificate.mayUseKeyToSignCertificates() ?? true
    } catch {
      throw .certificateMalformed
    }
  }
}

/// The certificates at which an attestation may end (R23), passed in by the caller: usually roots, or attestation
/// certificates themselves.
public struct TrustAnchors: Sendable {
  let certificates: [Certificate]

  /// No anchors: a sound chain is `certified` and never `trusted`.
  public static let empty = TrustAnchors(certificates: [])

  private init(certificates: [Certificate]) {
    self.certificates = certificates
  }

  /// - Throws: `certificateMalformed` when one is not a certificate in DER.
  public init(der: [[UInt8]]) throws(Refusal) {
    var certificates: [Certificate] = []
    for encoded in der { certificates.append(try CertificateChain.parse(encoded)) }
    self.certificates = certificates
  }
}
