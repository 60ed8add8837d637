package import Foundation

/// Attestation certificates with their key, as an authenticator's maker would give it.
package struct SoftChain: Sendable {
  package var leafKey: SoftKey
  /// DER, the attestation certificate first, without the root.
  package var x5c: [[UInt8]]
  /// The root in DER: the trust anchor.
  package let root: [UInt8]

  /// The attestation certificate to make: valid for §8.2.1 until changed.
  package struct Leaf: Sendable {
    package var algorithm = -7
    package var version3 = true
    package var country: String? = "SE"
    package var organization: String? = "Soft Authenticators"
    package var unit: String? = "Authenticator Attestation"
    package var commonName: String? = "Soft Authenticator 1"
    /// Whether it calls itself an authority; nil leaves the basic constraints out.
    package var authority: Bool? = false
    /// The AAGUID extension's bytes, if it is to have one.
    package var aaguid: [UInt8]?
    package var aaguidCritical = false
    /// Whether to add a critical extension that nobody knows.
    package var unknownCritical = false
    package var notBefore: Date
    package var notAfter: Date

    package init(validAround now: Date) {
      notBefore = now.addingTimeInterval(-86_400)
      notAfter = now.addingTimeInterval(86_400)
    }
  }

  /// Issues root, one authority below it where asked for, and the attestation certificate.
  package static func issue(_ leaf: Leaf, intermediate: Bool = false, intermediateIsAuthority: Bool = true) throws
    -> SoftChain
  {
    let from = leaf.notBefore.addingTimeInterval(-86_400 * 3650)
    let until = leaf.notAfter.addingTimeInterval(86_400 * 7300)
    let rootKey = try SoftKey.make(-7)
    let rootName = SoftCertificate.authority("Root")
    func authority(_ name: [UInt8], _ key: SoftKey, isAuthority: Bool) throws -> [UInt8] {
      var certificate = SoftCertificate(
        issuer: rootName, subject: name, publicKey: SoftCertificate.publicKey(of: key), notBefore: from, notAfter: until
      )
      certificate.extensions = [
        SoftCertificate.basicConstraints(authority: isAuthority), SoftCertificate.signsCertificates,
      ]
      return try certificate.der(signedBy: rootKey)
    }
    var issuers: [[UInt8]] = []
    var issuerKey = rootKey
    var issuerName = rootName
    if intermediate {
      issuerKey = try SoftKey.make(-7)
      issuerName = SoftCertificate.authority("Intermediate")
      issuers = [try authority(issuerName, issuerKey, isAuthority: intermediateIsAuthority)]
    }
    let key = try SoftKey.make(leaf.algorithm)
    var certificate = SoftCertificate(
      issuer: issuerName, subject: subject(leaf), publicKey: SoftCertificate.publicKey(of: key),
      notBefore: leaf.notBefore, notAfter: leaf.notAfter)
    certificate.version = leaf.version3 ? 3 : 1
    certificate.extensions = extensions(leaf)
    return SoftChain(
      leafKey: key, x5c: [try certificate.der(signedBy: issuerKey)] + issuers,
      root: try authority(rootName, rootKey, isAuthority: true))
  }

  private static func subject(_ leaf: Leaf) -> [UInt8] {
    SoftCertificate.name(
      [
        ([2, 5, 4, 6], leaf.country.map(SoftDER.printable)), ([2, 5, 4, 10], leaf.organization.map(SoftDER.utf8)),
        ([2, 5, 4, 11], leaf.unit.map(SoftDER.utf8)), ([2, 5, 4, 3], leaf.commonName.map(SoftDER.utf8)),
      ].compactMap { type, value in value.map { (type, $0) } })
  }

  private static func extensions(_ leaf: Leaf) -> [[UInt8]] {
    guard leaf.version3 else { return [] }
    var extensions: [[UInt8]] = []
    if let authority = leaf.authority { extensions.append(SoftCertificate.basicConstraints(authority: authority)) }
    if let aaguid = leaf.aaguid {
      let oid = [1, 3, 6, 1, 4, 1, 45724, 1, 1, 4]
      extensions.append(SoftCertificate.ext(oid, critical: leaf.aaguidCritical, SoftDER.octets(aaguid)))
    }
    if leaf.unknownCritical {
      extensions.append(SoftCertificate.ext([1, 3, 6, 1, 4, 1, 45724, 99], critical: true, SoftDER.null))
    }
    return extensions
  }
}
