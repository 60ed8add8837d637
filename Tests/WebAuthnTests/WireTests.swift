import Foundation
import TestKit
import Testing
import WebAuthn

@Suite("Responses and options as JSON")
struct WireTests {
  @Test("a passkey is made and used from the options alone", arguments: Algorithm.offered)
  func roundTrip(_ algorithm: Algorithm) throws {
    var authenticator = SoftAuthenticator(origin: Bench.origin, algorithm: algorithm.rawValue)
    let created = try authenticator.create(try creationOptions().json)
    let credential = try RegistrationCeremony(
      RegistrationExpectation(challenge: Bench.challenge(), relyingParty: Bench.party)
    ).verify(try AuthenticatorAttestationResponse(json: Array(created.utf8)), at: Bench.now)
    #expect(credential.transports == ["hybrid", "internal"])
    #expect(credential.discoverable == true)
    #expect(credential.aaguid.description == "736f6674-2d6b-6579-2d6d-6f64656c2d31")

    let second = Bench.challenge(seed: 99)
    let proof = try authenticator.get(
      PublicKeyCredentialRequestOptions(challenge: second, relyingPartyID: Bench.rpID).json)
    let response = try AuthenticatorAssertionResponse(json: Array(proof.utf8))
    #expect(response.id == credential.id)
    let stored = StoredCredential(
      id: credential.id, publicKey: credential.publicKey, algorithm: credential.algorithm,
      signCount: credential.signCount, uvInitialized: credential.uvInitialized,
      backupEligible: credential.backupEligible, owner: Bench.user)
    let assertion = try AuthenticationCeremony(
      AuthenticationExpectation(challenge: second, relyingParty: Bench.party)
    ).verify(response, stored: stored)
    #expect(assertion.user.userID == Bench.userID)
    #expect(assertion.signCount == 1)
  }

  private func creationOptions() throws -> PublicKeyCredentialCreationOptions {
    PublicKeyCredentialCreationOptions(
      challenge: Bench.challenge(), relyingPartyID: Bench.rpID, relyingPartyName: "Latch\"key\" </script>",
      user: Bench.user, userName: "ada", displayName: "Ada 🔑")
  }

  @Test("creation options have Pocket ID's values")
  func creation() throws {
    var options = try creationOptions()
    options.excluded = [PublicKeyCredentialDescriptor(id: [1, 2, 3], transports: ["usb"])]
    options.attachment = .crossPlatform
    options.hints = ["security-key"]
    #expect(
      options.json == """
        {"attestation":"none","authenticatorSelection":{"authenticatorAttachment":"cross-platform",\
        "requireResidentKey":true,"residentKey":"required","userVerification":"required"},\
        "challenge":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc",\
        "excludeCredentials":[{"id":"AQID","transports":["usb"],"type":"public-key"}],\
        "extensions":{"credProps":true},"hints":["security-key"],\
        "pubKeyCredParams":[{"alg":-7,"type":"public-key"},{"alg":-8,"type":"public-key"},\
        {"alg":-35,"type":"public-key"},{"alg":-36,"type":"public-key"},{"alg":-257,"type":"public-key"}],\
        "rp":{"id":"example.org","name":"Latch\\"key\\" \\u003c/script\\u003e"},"timeout":60000,\
        "user":{"displayName":"Ada 🔑","id":"MDEwMjAzMDQtMDUwNi0wNzA4LTA5MGEtMGIwYzBkMGUwZjEw","name":"ada"}}
        """)
    #expect(throws: SoftAuthenticator.Failure.noAlgorithm) {
      var authenticator = SoftAuthenticator(origin: Bench.origin, algorithm: -65535)
      _ = try authenticator.create(options.json)
    }
  }

  @Test("request options ask for a discoverable passkey unless some are listed")
  func request() {
    var options = PublicKeyCredentialRequestOptions(challenge: Bench.challenge(), relyingPartyID: Bench.rpID)
    options.userVerification = .preferred
    #expect(
      options.json == """
        {"allowCredentials":[],"challenge":"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc","rpId":"example.org",\
        "timeout":60000,"userVerification":"preferred"}
        """)
    options.allowed = [PublicKeyCredentialDescriptor(id: [255])]
    #expect(options.json.contains("\"allowCredentials\":[{\"id\":\"_w\",\"type\":\"public-key\"}]"))
  }

  static let registrationChanges: [(old: String, new: String, reason: Refusal)] = [
    ("\"rawId\":\"", "\"rawId\":\"=", .base64URLInvalid),
    ("\"rawId\"", "\"rawID\"", .responseMemberInvalid),
    ("\"id\":\"", "\"id\":7,\"x\":\"", .responseMemberInvalid),
    ("\"id\":\"", "\"id\":\"A", .credentialIDInconsistent),
    ("public-key", "password", .credentialTypeUnsupported),
    ("\"type\":", "\"typ\":", .responseMemberInvalid),
    ("\"response\":{", "\"response\":[{", .responseMalformed),
    ("\"response\":", "\"answer\":", .responseMemberInvalid),
    ("\"clientDataJSON\":\"", "\"clientDataJSON\":\"+", .base64URLInvalid),
    ("\"clientDataJSON\":", "\"clientData\":", .responseMemberInvalid),
    ("\"attestationObject\":\"", "\"attestationObject\":\" ", .base64URLInvalid),
    ("\"attestationObject\":", "\"attestation\":", .responseMemberInvalid),
    ("[\"internal\",\"hybrid\"]", "\"internal\"", .responseMemberInvalid),
    ("[\"internal\",\"hybrid\"]", "[1]", .responseMemberInvalid),
    (
      "\"clientExtensionResults\":{\"credProps\":{\"rk\":true}}", "\"clientExtensionResults\":[]",
      .responseMemberInvalid
    ),
    ("{\"id\"", "{\"rawId\":\"AA\",\"id\"", .responseMalformed),
    ("{\"id\"", "[{\"id\"", .responseMalformed),
  ]

  @Test("a registration response with a wrong member is refused", arguments: registrationChanges.indices)
  func registrationResponse(_ index: Int) throws {
    let change = Self.registrationChanges[index]
    let json = try Bench.registration().json().replacing(change.old, with: change.new)
    #expect(throws: change.reason, "\(change.new)") { try AuthenticatorAttestationResponse(json: json) }
  }

  static let assertionChanges: [(old: String, new: String, reason: Refusal)] = [
    ("\"signature\":\"", "\"signature\":\"/", .base64URLInvalid),
    ("\"signature\":", "\"sig\":", .responseMemberInvalid),
    ("\"authenticatorData\":", "\"authData\":", .responseMemberInvalid),
    ("\"userHandle\":\"", "\"userHandle\":\"*", .base64URLInvalid),
    ("\"userHandle\":\"", "\"userHandle\":1,\"x\":\"", .responseMemberInvalid),
    ("\"clientDataJSON\":", "\"clientData\":", .responseMemberInvalid),
  ]

  @Test("an authentication response with a wrong member is refused", arguments: assertionChanges.indices)
  func authenticationResponse(_ index: Int) throws {
    let change = Self.assertionChanges[index]
    let json = try Bench.assertion(try SoftKey.make(-7)).json().replacing(change.old, with: change.new)
    #expect(throws: change.reason, "\(change.new)") { try AuthenticatorAssertionResponse(json: json) }
  }

  @Test("transports and extension outputs that are null are none")
  func nulls() throws {
    let json = try Bench.registration { $0.transports = "null" }.json()
      .replacing("{\"credProps\":{\"rk\":true}}", with: "null")
    let response = try AuthenticatorAttestationResponse(json: json)
    #expect(response.transports.isEmpty && response.discoverable == nil)
  }

  @Test("members that are not known, a null user handle and odd transports are tolerated")
  func tolerated() throws {
    let json = try Bench.registration { $0.transports = "[\"usb\",\"Usb!\",\"\",\"warp\",\"usb\"]" }.json()
      .replacing("{\"id\"", with: "{\"more\":{\"deep\":[1]},\"id\"")
    #expect(try AuthenticatorAttestationResponse(json: json).transports == ["usb", "warp"])
    let handle = softBase64URL(Bench.user.bytes)
    let assertion = try Bench.assertion(try SoftKey.make(-7)).json().replacing("\"\(handle)\"", with: "null")
    #expect(try AuthenticatorAssertionResponse(json: assertion).userHandle == nil)
  }

  @Test("a response above 128 KiB, and one that is no UTF-8, are refused")
  func bounds() {
    #expect(throws: Refusal.responseTooLarge) {
      try AuthenticatorAttestationResponse(json: [UInt8](repeating: 0x20, count: 131_073))
    }
    #expect(throws: Refusal.responseMalformed) { try AuthenticatorAssertionResponse(json: [0x22, 0xff, 0x22]) }
  }
}
