internal import SwiftASN1
internal import X509

extension CertificateChain {
  /// §8.2.1: what a packed attestation certificate has to look like.
  func checkAttestationLeaf(model: AAGUID) throws(Refusal) {
    guard leaf.version == .v3 else { throw .certificateNotVersion3 }
    try checkSubject()
    // The basic constraints are there and say that this is no authority.
    switch try constraints(of: leaf) {
    case .notCertificateAuthority: break
    case .isCertificateAuthority: throw .certificateIsAuthority
    case nil: throw .certificateExtensionRefused
    }
    try checkModel(model)
  }

  private func checkSubject() throws(Refusal) {
    typealias Name = ASN1ObjectIdentifier.RDNAttributeType
    // Country: where the vendor is incorporated, by its ISO 3166 code.
    guard CountryCode.isAssigned(try subject(Name.countryName)),
      // Organisation: the vendor's legal name. Unit: this literal. Common name: of the vendor's choosing.
      !(try subject(Name.organizationName)).isEmpty,
      try subject(Name.organizationalUnitName).isExactly("Authenticator Attestation"),
      !(try subject(Name.commonName)).isEmpty
    else { throw .certificateSubjectInvalid }
  }

  /// The one value of an attribute of the subject.
  private func subject(_ type: ASN1ObjectIdentifier) throws(Refusal) -> String {
    let values = leaf.subject.flatMap { name in name.filter { $0.type == type } }
    guard values.count == 1, let value = values.first, let text = String(value.value) else {
      throw .certificateSubjectInvalid
    }
    return text
  }

  /// The extension id-fido-gen-ce-aaguid, where present, is not critical and holds the authenticator data's AAGUID, as
  /// an OCTET STRING within the extension's own.
  private func checkModel(_ model: AAGUID) throws(Refusal) {
    guard let found = leaf.extensions[oid: [1, 3, 6, 1, 4, 1, 45724, 1, 1, 4]] else { return }
    guard !found.critical else { throw .certificateExtensionRefused }
    guard Array(found.value) == [0x04, 0x10] + model.bytes else { throw .certificateModelMismatch }
  }
}
