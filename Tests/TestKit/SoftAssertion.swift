/// An assertion that is valid until a test changes it; bytes and signature are made when it is asked for.
package struct SoftAssertion {
  package var key: SoftKey
  package var clientData: SoftClientData
  package var authenticatorData: SoftAuthenticatorData
  package var credentialID: [UInt8]
  /// nil leaves the member out.
  package var userHandle: [UInt8]?
  /// Changes to the signature after it was made.
  package var alterSignature: (inout [UInt8]) -> Void = { _ in }
  /// Client data to send instead of what was signed.
  package var sentClientData: [UInt8]?
  package var credentialType = "public-key"
  package var id: String?

  package init(
    key: SoftKey, challenge: [UInt8], origin: String, rpID: String, credentialID: [UInt8], userHandle: [UInt8]?,
    signCount: UInt32
  ) {
    self.key = key
    clientData = SoftClientData(type: "webauthn.get", challenge: challenge, origin: origin)
    typealias Data = SoftAuthenticatorData
    authenticatorData = Data(rpID: rpID, flags: Data.userPresent | Data.userVerified, signCount: signCount)
    self.credentialID = credentialID
    self.userHandle = userHandle
  }

  /// The AuthenticationResponseJSON.
  package func json() throws -> [UInt8] {
    var signature = try key.sign(authenticatorData.bytes + clientData.hash)
    alterSignature(&signature)
    let encodedID = softBase64URL(credentialID)
    let handle = userHandle.map { ",\"userHandle\":\"\(softBase64URL($0))\"" } ?? ""
    let text = """
      {"id":"\(id ?? encodedID)","rawId":"\(encodedID)","type":"\(credentialType)",\
      "authenticatorAttachment":"platform","clientExtensionResults":{},"response":{\
      "clientDataJSON":"\(softBase64URL(sentClientData ?? clientData.bytes))",\
      "authenticatorData":"\(softBase64URL(authenticatorData.bytes))",\
      "signature":"\(softBase64URL(signature))"\(handle)}}
      """
    return Array(text.utf8)
  }
}
