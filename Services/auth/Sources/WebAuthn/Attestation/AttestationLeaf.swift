import Encodings
internal import Libcrypto

extension CertificateChain {
  /// §8.2.1: the requirements on a packed attestation certificate.
  func checkAttestationLeaf(model: AAGUID) throws(Refusal) {
    guard leaf.version == 3 else { throw .certificateNotVersion3 }
    try checkSubject()
    // The basic constraints are present and say that this is not an authority.
    switch try constraints(of: leaf) {
    case .noAuthority: break
    case .authority: throw .certificateIsAuthority
    case nil: throw .certificateExtensionRefused
    }
    try checkModel(model)
  }

  private func checkSubject() throws(Refusal) {
    // Country: where the vendor is incorporated, by its ISO 3166 code.
    guard CountryCode.isAssigned(try subject([2, 5, 4, 6])),
      // Organisation: the vendor's legal name. Unit: this literal. Common name: of the vendor's choosing.
      !(try subject([2, 5, 4, 10])).isEmpty,
      try subject([2, 5, 4, 11]).isExactly("Authenticator Attestation"),
      !(try subject([2, 5, 4, 3])).isEmpty
    else { throw .certificateSubjectInvalid }
  }

  /// The single value of a subject attribute.
  private func subject(_ type: OID) throws(Refusal) -> String {
    guard let text = leaf.subject.text(of: type) else { throw .certificateSubjectInvalid }
    return text
  }

  /// The extension id-fido-gen-ce-aaguid, if present, is not critical and holds the authenticator data's AAGUID, as an
  /// OCTET STRING within the extension's own.
  private func checkModel(_ model: AAGUID) throws(Refusal) {
    guard let found = leaf[[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4]] else { return }
    guard !found.isCritical else { throw .certificateExtensionRefused }
    guard found.value == [0x04, 0x10] + model.bytes else { throw .certificateModelMismatch }
  }
}
