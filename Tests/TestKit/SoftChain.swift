internal import Crypto
internal import _CryptoExtras
package import Foundation
internal import SwiftASN1
internal import X509

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
    let rootKey = P256.Signing.PrivateKey()
    let rootName = try DistinguishedName {
      OrganizationName("Soft Authenticators")
      CommonName("Root")
    }
    let from = leaf.notBefore.addingTimeInterval(-86_400 * 3650)
    let until = leaf.notAfter.addingTimeInterval(86_400 * 7300)
    func authority(_ name: DistinguishedName, _ key: P256.Signing.PrivateKey, isAuthority: Bool) throws -> Certificate {
      try Certificate(
        version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey), notValidBefore: from,
        notValidAfter: until, issuer: rootName, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
        extensions: try Certificate.Extensions {
          Critical(isAuthority ? BasicConstraints.isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority)
          Critical(KeyUsage(keyCertSign: true))
        }, issuerPrivateKey: .init(rootKey))
    }
    let root = try authority(rootName, rootKey, isAuthority: true)
    var issuers: [Certificate] = []
    var issuerKey = rootKey
    var issuerName = rootName
    if intermediate {
      issuerKey = P256.Signing.PrivateKey()
      issuerName = try DistinguishedName {
        OrganizationName("Soft Authenticators")
        CommonName("Intermediate")
      }
      issuers = [try authority(issuerName, issuerKey, isAuthority: intermediateIsAuthority)]
    }
    let key = try SoftKey.make(leaf.algorithm)
    let certificate = try Certificate(
      version: leaf.version3 ? .v3 : .v1, serialNumber: .init(), publicKey: try publicKey(of: key),
      notValidBefore: leaf.notBefore, notValidAfter: leaf.notAfter, issuer: issuerName, subject: try subject(leaf),
      signatureAlgorithm: .ecdsaWithSHA256, extensions: try extensions(leaf), issuerPrivateKey: .init(issuerKey))
    return SoftChain(
      leafKey: key, x5c: try ([certificate] + issuers).map(encode), root: try encode(root))
  }

  private static func encode(_ certificate: Certificate) throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    return serializer.serializedBytes
  }

  private static func publicKey(of key: SoftKey) throws -> Certificate.PublicKey {
    switch key.secret {
    case .p256(let key): .init(key.publicKey)
    case .p384(let key): .init(key.publicKey)
    case .p521(let key): .init(key.publicKey)
    case .ed25519(let key): .init(key.publicKey)
    case .rsa(let key): .init(key.publicKey)
    }
  }

  private static func subject(_ leaf: Leaf) throws -> DistinguishedName {
    typealias Name = ASN1ObjectIdentifier.RDNAttributeType
    var names: [RelativeDistinguishedName.Attribute] = []
    if let country = leaf.country { names.append(try .init(type: Name.countryName, printableString: country)) }
    if let name = leaf.organization { names.append(.init(type: Name.organizationName, utf8String: name)) }
    if let name = leaf.unit { names.append(.init(type: Name.organizationalUnitName, utf8String: name)) }
    if let name = leaf.commonName { names.append(.init(type: Name.commonName, utf8String: name)) }
    return DistinguishedName(names.map { RelativeDistinguishedName($0) })
  }

  private static func extensions(_ leaf: Leaf) throws -> Certificate.Extensions {
    var extensions = Certificate.Extensions()
    guard leaf.version3 else { return extensions }
    switch leaf.authority {
    case true?:
      try extensions.append(try .init(BasicConstraints.isCertificateAuthority(maxPathLength: nil), critical: true))
    case false?: try extensions.append(try .init(BasicConstraints.notCertificateAuthority, critical: true))
    case nil: break
    }
    if let aaguid = leaf.aaguid {
      let value = [0x04, UInt8(aaguid.count)] + aaguid
      try extensions.append(
        .init(oid: [1, 3, 6, 1, 4, 1, 45724, 1, 1, 4], critical: leaf.aaguidCritical, value: value[...]))
    }
    if leaf.unknownCritical {
      try extensions.append(.init(oid: [1, 3, 6, 1, 4, 1, 45724, 99], critical: true, value: [0x05, 0x00]))
    }
    return extensions
  }
}
