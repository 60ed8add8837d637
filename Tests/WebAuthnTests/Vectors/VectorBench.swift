import Encodings
import Foundation
import WebAuthn

/// A vector's two ceremonies as JSON with the expectations that fit, any field of which a test may change.
struct VectorBench {
  var rpID = "example.org"
  var origins: Set<String> = ["https://example.org"]
  var embedding = RelyingParty.Embedding.allowed(topOrigins: ["https://example.com"])
  // Some vectors leave the user unverified.
  var verification = UserVerification.preferred
  var algorithms = Algorithm.offered
  var anchors: TrustAnchors

  var id: [UInt8]
  var challenge: [UInt8]
  var clientData: [UInt8]
  var attestationObject: [UInt8]

  var getChallenge: [UInt8]
  var getClientData: [UInt8]
  var authenticatorData: [UInt8]
  var signature: [UInt8]
  var alterRecord: (inout StoredCredential) -> Void = { _ in }

  static let user = UserHandle(userID: UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)))

  init(_ vector: Vectors.Vector) throws {
    anchors = try TrustAnchors(der: [hex(Vectors.all.attestationRoot.attestationCaCert)])
    id = hex(vector.registration.credentialId)
    challenge = hex(vector.registration.challenge)
    clientData = hex(vector.registration.clientDataJSON)
    attestationObject = hex(vector.registration.attestationObject)
    getChallenge = hex(vector.authentication.challenge)
    getClientData = hex(vector.authentication.clientDataJSON)
    authenticatorData = hex(vector.authentication.authenticatorData)
    signature = hex(vector.authentication.signature)
  }

  private var party: RelyingParty { RelyingParty(id: rpID, origins: origins, embedding: embedding) }

  func register() throws -> NewCredential {
    let json = """
      {"id":"\(Base64URL.encode(id))","rawId":"\(Base64URL.encode(id))","type":"public-key","response":{\
      "clientDataJSON":"\(Base64URL.encode(clientData))","attestationObject":"\(Base64URL.encode(attestationObject))"}}
      """
    var expectation = RegistrationExpectation(challenge: Challenge(unusual: challenge), relyingParty: party)
    expectation.userVerification = verification
    expectation.algorithms = algorithms
    expectation.anchors = anchors
    let response = try AuthenticatorAttestationResponse(json: Array(json.utf8))
    return try RegistrationCeremony(expectation).verify(response, at: Bench.now)
  }

  /// - Parameter registered: what a registration gave.
  func authenticate(_ registered: NewCredential) throws -> Assertion {
    let json = """
      {"id":"\(Base64URL.encode(id))","rawId":"\(Base64URL.encode(id))","type":"public-key","response":{\
      "clientDataJSON":"\(Base64URL.encode(getClientData))",\
      "authenticatorData":"\(Base64URL.encode(authenticatorData))","signature":"\(Base64URL.encode(signature))",\
      "userHandle":"\(Base64URL.encode(Self.user.bytes))"}}
      """
    var expectation = AuthenticationExpectation(challenge: Challenge(unusual: getChallenge), relyingParty: party)
    expectation.userVerification = verification
    var record = StoredCredential(
      id: registered.id, publicKey: registered.publicKey, algorithm: registered.algorithm,
      signCount: registered.signCount, uvInitialized: registered.uvInitialized,
      backupEligible: registered.backupEligible, owner: Self.user)
    alterRecord(&record)
    return try AuthenticationCeremony(expectation)
      .verify(try AuthenticatorAssertionResponse(json: Array(json.utf8)), stored: record)
  }
}

/// The bytes of a hexadecimal text; none for nil.
func hex(_ text: String?) -> [UInt8] {
  let digits = (text ?? "").compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

extension [UInt8] {
  /// These bytes with the first occurrence of others replaced, lengths aside.
  func replacing(_ old: [UInt8], with new: [UInt8]) -> [UInt8] {
    guard let place = indices.first(where: { self[$0...].starts(with: old) }) else { return self }
    return Array(self[..<place]) + new + Array(self[(place + old.count)...])
  }

  func replacing(_ old: String, with new: String) -> [UInt8] {
    replacing(Array(old.utf8), with: Array(new.utf8))
  }
}
