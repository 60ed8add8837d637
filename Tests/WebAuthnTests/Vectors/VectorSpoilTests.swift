import TestKit
import Testing
import WebAuthn

/// One way to spoil a vector, and the reason that has to be given.
struct Spoil: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let reason: @Sendable (Vectors.Vector) -> Refusal?
  let change: @Sendable (inout VectorBench) -> Void

  /// - Parameter reason: nil for a vector that this change cannot spoil.
  init(
    _ name: String, _ reason: @escaping @Sendable (Vectors.Vector) -> Refusal?,
    _ change: @escaping @Sendable (inout VectorBench) -> Void
  ) {
    testDescription = name
    self.reason = reason
    self.change = change
  }

  init(_ name: String, _ reason: Refusal, _ change: @escaping @Sendable (inout VectorBench) -> Void) {
    self.init(name, { _ in reason }, change)
  }
}

@Suite("A test vector with one field spoiled")
struct VectorSpoilTests {
  /// Statements that sign the client data notice a change that `none` does not.
  static func signedOr(_ plain: Refusal?) -> @Sendable (Vectors.Vector) -> Refusal? {
    { $0.name.hasPrefix("packed") ? .attestationSignatureInvalid : plain }
  }

  static let registrations = [
    Spoil("the challenge", .challengeMismatch) { $0.challenge[0] ^= 1 },
    Spoil("the type", .ceremonyTypeWrong) {
      $0.clientData = $0.clientData.replacing("webauthn.create", with: "webauthn.get")
    },
    Spoil("the origin", .originUnexpected) {
      $0.clientData = $0.clientData.replacing("https://example.org", with: "https://example.net")
    },
    Spoil("client data's JSON", .clientDataMalformed) { $0.clientData.append(0x7b) },
    Spoil("client data's UTF-8", .clientDataNotUTF8) { $0.clientData[3] = 0xff },
    Spoil("a member added to client data", signedOr(nil)) {
      $0.clientData = $0.clientData.replacing("{", with: "{\"more\":1,")
    },
    Spoil("the relying party id's hash", .relyingPartyMismatch) {
      $0.attestationObject = $0.attestationObject.replacing([0xbf, 0xab, 0xc3, 0x74], with: [0xbf, 0xab, 0xc3, 0x75])
    },
    Spoil("the relying party expected", .relyingPartyMismatch) { $0.rpID = "example.com" },
    Spoil("the format's name", .attestationFormatUnsupported) {
      $0.attestationObject = $0.attestationObject.replacing("fmtdnone", with: "fmtdNone")
        .replacing("fmtfpacked", with: "fmtfPacked")
    },
    Spoil("the algorithms offered", .algorithmNotOffered) { $0.algorithms = [] },
    Spoil("a byte after the attestation object", .cborTrailingData) { $0.attestationObject.append(0) },
    Spoil("the last byte of the attestation object", .cborTruncated) { $0.attestationObject.removeLast() },
    Spoil("the id beside the attested one", .credentialIDInconsistent) { $0.id[0] ^= 1 },
    Spoil(
      "a byte of the attestation's signature",
      { $0.name.hasPrefix("packed") ? .attestationSignatureInvalid : nil },
      { bench in
        // DER: the last byte of the signature's second integer, before what follows it in the statement.
        guard
          let place = bench.attestationObject.indices.first(where: {
            bench.attestationObject[$0...].starts(with: Array("csig".utf8))
          })
        else { return }
        let length = Int(bench.attestationObject[place + 5])
        bench.attestationObject[place + 5 + length] ^= 1
      }),
    Spoil(
      "the trust anchor", { $0.name.hasPrefix("packed") && !$0.name.contains("self") ? .attestationNotTrusted : nil },
      { $0.anchors = (try? TrustAnchors(der: [try SpoilSupport.foreignRoot()])) ?? .empty }),
    Spoil("framing not expected", { $0.name.hasSuffix("Origin") ? .crossOriginUnexpected : nil }) {
      $0.embedding = .refused
    },
    Spoil("another page framing", { $0.name.hasSuffix("topOrigin") ? .topOriginUnexpected : nil }) {
      $0.embedding = .allowed(topOrigins: ["https://example.net"])
    },
  ]

  @Test("is refused for that field's reason at registration", arguments: Vectors.named(Vectors.verified), registrations)
  func registration(_ vector: Vectors.Vector, _ spoil: Spoil) throws {
    var bench = try VectorBench(vector)
    spoil.change(&bench)
    if let reason = spoil.reason(vector) {
      #expect(throws: reason) { try bench.register() }
    } else {
      _ = try bench.register()
    }
  }

  static let authentications = [
    Spoil("the challenge", .challengeMismatch) { $0.getChallenge[0] ^= 1 },
    Spoil("the type", .ceremonyTypeWrong) {
      $0.getClientData = $0.getClientData.replacing("webauthn.get", with: "webauthn.create")
    },
    Spoil("the origin", .originUnexpected) {
      $0.getClientData = $0.getClientData.replacing("https://example.org", with: "http://example.org")
    },
    Spoil("a member added to client data", .signatureInvalid) {
      $0.getClientData = $0.getClientData.replacing("{", with: "{\"more\":1,")
    },
    Spoil("the relying party id's hash", .relyingPartyMismatch) { $0.authenticatorData[31] ^= 1 },
    Spoil("user presence", .userNotPresent) { $0.authenticatorData[32] &= 0xfe },
    Spoil("user verification", .signatureInvalid) { $0.authenticatorData[32] ^= 0x04 },
    Spoil("backup eligibility", .backupEligibilityChanged) {
      // Both flags, so that a backup without eligibility is not what is refused.
      $0.authenticatorData[32] = $0.authenticatorData[32] & 0x08 == 0 ? 0x1d : 0x05
    },
    Spoil("the counter", .signatureInvalid) { $0.authenticatorData[36] = 9 },
    Spoil("a byte after authenticator data", .authenticatorDataTrailing) { $0.authenticatorData.append(0) },
    Spoil("the last byte of authenticator data", .authenticatorDataTruncated) { $0.authenticatorData.removeLast() },
    Spoil("the signature's last byte", .signatureInvalid) { $0.signature[$0.signature.count - 1] ^= 1 },
    Spoil("the stored counter", .signCountNotIncreased) { $0.alterRecord = { $0.signCount = 1 } },
    Spoil("the stored owner", .userMismatch) { $0.alterRecord = { $0.owner = Bench.user } },
    Spoil("the stored algorithm", .algorithmChanged) {
      $0.alterRecord = { $0.algorithm = $0.algorithm == .es256 ? .es384 : .es256 }
    },
    Spoil("the stored key", .cborTruncated) { $0.alterRecord = { $0.publicKey.removeLast() } },
  ]

  @Test(
    "is refused for that field's reason at authentication", arguments: Vectors.named(Vectors.verified), authentications)
  func authentication(_ vector: Vectors.Vector, _ spoil: Spoil) throws {
    var bench = try VectorBench(vector)
    let credential = try bench.register()
    spoil.change(&bench)
    let reason = try #require(spoil.reason(vector))
    #expect(throws: reason) { try bench.authenticate(credential) }
  }
}

enum SpoilSupport {
  static func foreignRoot() throws -> [UInt8] {
    try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now)).root
  }
}
