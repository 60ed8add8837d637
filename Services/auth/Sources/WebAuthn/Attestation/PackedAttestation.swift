extension AttestationInput {
  /// §8.2: the packed format, by the credential's own key ("self") or by an attestation certificate.
  func verifyPacked() throws(Refusal) -> AttestationType {
    // ECDAA, from an earlier edition, is no longer in the specification, and no authenticator uses it.
    guard statement["ecdaaKeyId"] == nil else { throw .attestationECDAAUnsupported }
    guard let algorithm = statement["alg"]?.integer, let signature = statement["sig"]?.byteString,
      statement.keys.isSubset(of: ["alg", "sig", "x5c"].map { CBORKey.text(Array($0.utf8)) })
    else { throw .attestationStatementInvalid }
    guard let chain = statement["x5c"] else {
      return try verifySelf(algorithm, signature)
    }
    return try verifyCertified(algorithm, signature, chain)
  }

  private func verifySelf(_ algorithm: Int, _ signature: [UInt8]) throws(Refusal) -> AttestationType {
    // The statement's algorithm has to be the credential's.
    guard algorithm == key.algorithm.rawValue else { throw .attestationAlgorithmMismatch }
    try verify(signature, with: key)
    // R24: self attestation is acceptable: it claims no more than `none`, which we ask for.
    return .selfAttestation
  }

  private func verifyCertified(
    _ algorithm: Int, _ signature: [UInt8], _ x5c: CBOR
  ) throws(Refusal) -> AttestationType {
    // x5c is the attestation certificate and then its issuers, each in DER.
    guard let items = x5c.items, (1...Limit.certificates).contains(items.count) else {
      throw .attestationStatementInvalid
    }
    var encoded: [[UInt8]] = []
    for item in items {
      guard let der = item.byteString else { throw .attestationStatementInvalid }
      encoded.append(der)
    }
    let chain = try CertificateChain(encoded)
    guard let known = Algorithm(rawValue: algorithm) else { throw .attestationAlgorithmMismatch }
    // The signature is by the certificate's key, with the statement's algorithm.
    try verify(signature, with: try VerificationKey(certificate: chain.leaf, algorithm: known))
    try chain.checkAttestationLeaf(model: credential.aaguid)
    return try chain.reachesTrust(anchors, at: now) ? .trusted : .certified
  }

  private func verify(_ signature: [UInt8], with key: VerificationKey) throws(Refusal) {
    do {
      try key.verify(signature, over: signedBytes)
    } catch {
      throw .attestationSignatureInvalid
    }
  }
}
