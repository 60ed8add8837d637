/// A registration that is valid until a test changes it; bytes and signatures are made when it is asked for.
package struct SoftRegistration {
  /// How the authenticator vouches for itself.
  package enum Attestation {
    case none
    /// Packed, by the credential's own key.
    case selfSigned
    /// Packed, by an attestation certificate.
    case certified(SoftChain)
  }

  package var key: SoftKey
  package var clientData: SoftClientData
  package var authenticatorData: SoftAuthenticatorData
  package var attestation = Attestation.none
  /// The key that signs the statement, if not the right one.
  package var signer: SoftKey?
  /// Changes to the statement after it was signed, and to the attestation object around it.
  package var alterStatement: (inout SoftCBOR) -> Void = { _ in }
  package var alterObject: (inout SoftCBOR) -> Void = { _ in }
  /// Bytes after the attestation object.
  package var tail: [UInt8] = []
  package var transports = "[\"internal\",\"hybrid\"]"
  package var extensionResults = "{\"credProps\":{\"rk\":true}}"
  package var credentialType = "public-key"
  /// The ids to tell, if not the attested one.
  package var id: String?
  package var rawID: String?

  /// - Parameter challenge: the challenge's bytes.
  package init(
    key: SoftKey, challenge: [UInt8], origin: String, rpID: String, credentialID: [UInt8], aaguid: [UInt8]
  ) throws {
    self.key = key
    clientData = SoftClientData(type: "webauthn.create", challenge: challenge, origin: origin)
    typealias Data = SoftAuthenticatorData
    authenticatorData = Data(rpID: rpID, flags: Data.userPresent | Data.userVerified | Data.attested)
    authenticatorData.attestedCredential = Data.Attested(aaguid: aaguid, id: credentialID, key: try key.cose())
  }

  /// What the statement's signature covers.
  package var signedBytes: [UInt8] { authenticatorData.bytes + clientData.hash }

  package func attestationObject() throws -> [UInt8] {
    var format = "packed"
    var statement: SoftCBOR
    switch attestation {
    case .none:
      format = "none"
      statement = .map([])
    case .selfSigned:
      let signature = try (signer ?? key).sign(signedBytes)
      statement = .map([(.text("alg"), .int(key.algorithm)), (.text("sig"), .bytes(signature))])
    case .certified(let chain):
      let signature = try (signer ?? chain.leafKey).sign(signedBytes)
      statement = .map([
        (.text("alg"), .int(chain.leafKey.algorithm)), (.text("sig"), .bytes(signature)),
        (.text("x5c"), .array(chain.x5c.map(SoftCBOR.bytes))),
      ])
    }
    alterStatement(&statement)
    var object = SoftCBOR.map([
      (.text("fmt"), .text(format)), (.text("attStmt"), statement),
      (.text("authData"), .bytes(authenticatorData.bytes)),
    ])
    alterObject(&object)
    return object.encoded + tail
  }

  /// The RegistrationResponseJSON.
  package func json() throws -> [UInt8] {
    let encodedID = softBase64URL(authenticatorData.attestedCredential?.id ?? [])
    let text = """
      {"id":"\(id ?? encodedID)","rawId":"\(rawID ?? encodedID)","type":"\(credentialType)",\
      "authenticatorAttachment":"platform","clientExtensionResults":\(extensionResults),"response":{\
      "clientDataJSON":"\(softBase64URL(clientData.bytes))",\
      "attestationObject":"\(softBase64URL(try attestationObject()))","transports":\(transports)}}
      """
    return Array(text.utf8)
  }
}
