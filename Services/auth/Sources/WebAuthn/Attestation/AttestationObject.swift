import Encodings

/// An attestation object (§6.5.4) as received: a map of format, authenticator data and statement. Other members are
/// ignored; CTAP 2 has some that clients may leave in.
package struct AttestationObject: Sendable {
  let format: String
  let authenticatorData: AuthenticatorData
  let statement: CBORMap

  package init(_ bytes: [UInt8]) throws(Refusal) {
    guard bytes.count <= Limit.attestationObject else { throw .responseTooLarge }
    guard let members = try CBORReader.decode(bytes).entries, let format = members["fmt"]?.textString,
      let authData = members["authData"]?.byteString, let statement = members["attStmt"]?.entries
    else { throw .attestationObjectInvalid }
    self.format = format
    self.statement = statement
    authenticatorData = try AuthenticatorData(authData)
  }
}

/// The attestation statement formats that are understood (§8). The other registered ones (tpm, android-key, apple,
/// fido-u2f, compound) are refused: we ask for `none`, and clients then send one of these two.
public enum AttestationFormat: String, CaseIterable, Codable, Hashable, Sendable {
  case none
  case packed

  /// R21: the format by its exact name, including letter case.
  init(named name: String) throws(Refusal) {
    guard let format = Self.allCases.first(where: { $0.rawValue.isExactly(name) }) else {
      throw .attestationFormatUnsupported
    }
    self = format
  }
}

/// What an attestation proves about the authenticator (§6.5.3, §6.5.4).
public enum AttestationType: String, CaseIterable, Codable, Hashable, Sendable {
  /// Nothing.
  case none
  /// That the holder of the credential's key wrote the statement.
  case selfAttestation = "self"
  /// That the holder of a certificate wrote it; no trust anchor was given to say whose certificate that is.
  case certified
  /// The same, and the certificate leads to a trust anchor.
  case trusted
}
