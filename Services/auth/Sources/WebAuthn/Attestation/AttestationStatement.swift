internal import Foundation

/// The input of an attestation statement's procedure (§6.5.4 "verification procedure").
struct AttestationInput {
  let statement: CBORMap
  let authenticatorData: AuthenticatorData
  let credential: AuthenticatorData.AttestedCredential
  /// The credential's public key, as checked.
  let key: VerificationKey
  /// SHA-256 of the client data.
  let clientDataHash: [UInt8]
  let anchors: TrustAnchors
  let now: Date

  /// What the statement's signature covers: authenticator data, then the client data's hash.
  var signedBytes: [UInt8] { authenticatorData.bytes + clientDataHash }

  /// R22 to R24: verifies the statement by its format's procedure and says what it proves.
  func verify(_ format: AttestationFormat) throws(Refusal) -> AttestationType {
    switch format {
    case .none:
      // §8.7: the statement is an empty map.
      guard statement.count == 0 else { throw .attestationStatementNotEmpty }
      return .none
    case .packed:
      return try verifyPacked()
    }
  }
}
