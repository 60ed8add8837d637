import Encodings
import TestKit
import Testing
import WebAuthn

@Suite("Client data")
struct ClientDataTests {
  @Test(
    "row 1: another type of ceremony is refused", arguments: ["webauthn.get", "", "webauthn.Create", "payment.get"])
  func typeAtRegistration(_ type: String) {
    #expect(throws: Refusal.ceremonyTypeWrong) { try Bench.register { $0.clientData.type = type } }
  }

  @Test("row 1: another type of ceremony is refused", arguments: ["webauthn.create", "", "webauthn.get "])
  func typeAtAuthentication(_ type: String) {
    #expect(throws: Refusal.ceremonyTypeWrong) { try Bench.authenticate { $0.clientData.type = type } }
  }

  @Test(
    "row 1: a missing type, and one that is no text, are refused", arguments: ["1", "null", "[\"webauthn.create\"]"])
  func typeMissing(_ json: String) {
    #expect(throws: Refusal.clientDataMemberInvalid) { try Bench.register { $0.clientData.omitted = ["type"] } }
    #expect(throws: Refusal.clientDataMemberInvalid) {
      try Bench.register {
        $0.clientData.raw = $0.clientData.bytes.replacing("\"webauthn.create\"", with: json)
      }
    }
  }

  static let challenges: [(name: String, text: @Sendable (String) -> String)] = [
    ("another", { _ in Base64URL.encode(Bench.challenge(seed: 8).bytes) }),
    ("shorter than 16 bytes", { _ in Base64URL.encode([1, 2, 3]) }),
    ("one byte shorter", { _ in Base64URL.encode(Bench.challenge().bytes.dropLast()) }),
    ("padded", { $0 + "=" }),
    ("empty", { _ in "" }),
    ("with bits beyond the last byte", { String($0.dropLast()) + "d" }),
  ]

  @Test("row 2: a challenge that was not issued is refused, whatever its form", arguments: challenges.indices)
  func challenge(_ index: Int) {
    let spoil = Self.challenges[index].text
    #expect(throws: Refusal.challengeMismatch) {
      try Bench.register { $0.clientData.challenge = spoil($0.clientData.challenge) }
    }
    #expect(throws: Refusal.challengeMismatch) {
      try Bench.authenticate { $0.clientData.challenge = spoil($0.clientData.challenge) }
    }
  }

  @Test("row 2: base64's own alphabet is refused where base64url is due")
  func challengeAlphabet() throws {
    var generator = Repeating(byte: 0xff)
    let challenge = Challenge(from: &generator)
    try Bench.register(expecting: {
      $0 = RegistrationExpectation(challenge: challenge, relyingParty: Bench.party)
    }) { $0.clientData.challenge = Base64URL.encode(challenge.bytes) }
    #expect(throws: Refusal.challengeMismatch) {
      try Bench.register(expecting: {
        $0 = RegistrationExpectation(challenge: challenge, relyingParty: Bench.party)
      }) { $0.clientData.challenge = Base64URL.encode(challenge.bytes).replacing("_", with: "/") }
    }
  }

  @Test("row 2: a missing challenge is refused")
  func challengeMissing() {
    #expect(throws: Refusal.clientDataMemberInvalid) { try Bench.register { $0.clientData.omitted = ["challenge"] } }
    #expect(throws: Refusal.clientDataMemberInvalid) {
      try Bench.authenticate { $0.clientData.omitted = ["challenge"] }
    }
  }

  @Test("row 3: only the signed client data's challenge counts, not one beside it in the response")
  func challengeBesides() throws {
    let right = Base64URL.encode(Bench.challenge().bytes)
    var registration = try Bench.registration()
    registration.clientData.challenge = Base64URL.encode(Bench.challenge(seed: 9).bytes)
    let json = try registration.json().replacing("\"type\":", with: "\"challenge\":\"\(right)\",\"type\":")
    let expectation = RegistrationExpectation(challenge: Bench.challenge(), relyingParty: Bench.party)
    #expect(throws: Refusal.challengeMismatch) {
      try RegistrationCeremony(expectation).verify(try AuthenticatorAttestationResponse(json: json), at: Bench.now)
    }
  }

  @Test("row 4: one ceremony's answer does not serve the other")
  func ceremoniesSwapped() throws {
    let registration = try Bench.registration().json()
    #expect(throws: Refusal.responseMemberInvalid) { try AuthenticatorAssertionResponse(json: registration) }
    let assertion = try Bench.assertion(try SoftKey.make(-7)).json()
    #expect(throws: Refusal.responseMemberInvalid) { try AuthenticatorAttestationResponse(json: assertion) }
    // Client data signed for a registration with the same challenge, put into an assertion.
    #expect(throws: Refusal.ceremonyTypeWrong) {
      try Bench.authenticate { $0.clientData.type = "webauthn.create" }
    }
  }

  @Test(
    "row 5: an origin that is not listed exactly is refused",
    arguments: [
      "https://evil.example", "http://example.org", "https://example.org:8443", "https://example.org:443",
      "https://login.example.org", "https://badexample.org", "https://example.org.evil.example",
      "https://example.or", "https://example.org@evil.example", "https://example.org.", "https://example.org/",
      "https://EXAMPLE.ORG", "HTTPS://example.org", "https://ex\u{0430}mple.org", "null", "",
      "android:apk-key-hash:AAAA", "ios:bundle-id:org.example", " https://example.org", "https://example.org\u{0}",
    ])
  func origin(_ origin: String) {
    let escaped = origin.replacing("\u{0}", with: "\\u0000")
    #expect(throws: Refusal.originUnexpected) {
      try Bench.register {
        $0.clientData.raw = $0.clientData.bytes.replacing(Bench.origin, with: escaped)
      }
    }
    #expect(throws: Refusal.originUnexpected) {
      try Bench.authenticate {
        $0.clientData.raw = $0.clientData.bytes.replacing(Bench.origin, with: escaped)
      }
    }
  }

  @Test("row 5: a canonically equivalent spelling of an origin is another origin")
  func originEquivalent() {
    let kelvin = "https://\u{212A}eys.example"
    #expect(kelvin == "https://Keys.example")
    #expect(throws: Refusal.originUnexpected) {
      try Bench.register(expecting: {
        $0 = RegistrationExpectation(
          challenge: Bench.challenge(),
          relyingParty: RelyingParty(id: Bench.rpID, origins: ["https://Keys.example"]))
      }) { $0.clientData.origin = kelvin }
    }
  }

  @Test("row 5: an app's opaque origin is accepted where it is listed")
  func originListed() throws {
    let app = "android:apk-key-hash:AAAA"
    try Bench.register(expecting: {
      $0 = RegistrationExpectation(
        challenge: Bench.challenge(), relyingParty: RelyingParty(id: Bench.rpID, origins: [Bench.origin, app]))
    }) { $0.clientData.origin = app }
  }

  @Test("row 6: a ceremony in another site's frame is refused unless configured")
  func framed() throws {
    #expect(throws: Refusal.crossOriginUnexpected) { try Bench.register { $0.clientData.crossOrigin = true } }
    #expect(throws: Refusal.crossOriginUnexpected) { try Bench.authenticate { $0.clientData.crossOrigin = true } }
    #expect(throws: Refusal.topOriginUnexpected) {
      try Bench.register { $0.clientData.topOrigin = "https://example.com" }
    }
    let frames = RelyingParty(
      id: Bench.rpID, origins: [Bench.origin], embedding: .allowed(topOrigins: ["https://example.com"]))
    func attempt(_ topOrigin: String?, crossOrigin: Bool) throws {
      try Bench.register(expecting: {
        $0 = RegistrationExpectation(challenge: Bench.challenge(), relyingParty: frames)
      }) {
        $0.clientData.topOrigin = topOrigin
        $0.clientData.crossOrigin = crossOrigin
      }
    }
    try attempt("https://example.com", crossOrigin: true)
    try attempt(nil, crossOrigin: true)
    try attempt(nil, crossOrigin: false)
    #expect(throws: Refusal.topOriginUnexpected) { try attempt("https://example.net", crossOrigin: true) }
    #expect(throws: Refusal.topOriginUnexpected) { try attempt("https://example.com", crossOrigin: false) }
  }

  @Test("row 6: crossOrigin and topOrigin have to have their types")
  func framedTypes() {
    #expect(throws: Refusal.clientDataMemberInvalid) {
      try Bench.register {
        $0.clientData.raw = $0.clientData.bytes.replacing("\"crossOrigin\":false", with: "\"crossOrigin\":\"true\"")
      }
    }
    #expect(throws: Refusal.clientDataMemberInvalid) {
      try Bench.register { $0.clientData.extra = [("topOrigin", "null")] }
    }
  }

  @Test("row 7: a byte order mark and further members are accepted")
  func tolerated() throws {
    try Bench.register { $0.clientData.prefix = [0xef, 0xbb, 0xbf] }
    try Bench.authenticate { $0.clientData.prefix = [0xef, 0xbb, 0xbf] }
    try Bench.register { $0.clientData.extra = [("extra", "{\"a\":[1,-2.5e3,null,true,\"\\ud83d\\udd11\"]}")] }
    try Bench.authenticate { $0.clientData.extra = [("tokenBinding", "{\"status\":\"supported\"}")] }
  }

  @Test(
    "row 7: invalid UTF-8 is refused",
    arguments: [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe2, 0x82]] as [[UInt8]])
  func notUTF8(_ bytes: [UInt8]) {
    #expect(throws: Refusal.clientDataNotUTF8) {
      try Bench.register { $0.clientData.raw = $0.clientData.bytes.replacing("https", with: "h").dropLast() + bytes }
    }
  }

  @Test(
    "row 7: text that is not one JSON object with unique names is refused",
    arguments: [
      "", "[]", "\"webauthn.create\"", "{\"type\":\"a\",\"type\":\"a\"}", "{\"type\":\"a\"} x", "{\"type\":\"a\",}",
      "{'type':1}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":+1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\ud800\"}",
      "{\"a\":\"\\udc00\"}", "{\"a\":\"\u{1}\"}", "{\"a\":tru}", "{\"a\":NaN}", "{\"a\"", "{",
      "{\"\\u0061\":1,\"a\":2}",
    ])
  func notJSON(_ text: String) {
    #expect(throws: Refusal.clientDataMalformed) { try Bench.register { $0.clientData.raw = Array(text.utf8) } }
  }

  @Test("row 7: a second challenge beside the first is refused")
  func duplicateChallenge() {
    #expect(throws: Refusal.clientDataMalformed) {
      try Bench.register { $0.clientData.extra = [("challenge", "\"AAAA\"")] }
    }
  }

  @Test("row 7: huge and deeply nested client data are refused")
  func bounds() {
    #expect(throws: Refusal.clientDataTooLarge) {
      try Bench.register { $0.clientData.extra = [("pad", "\"\(String(repeating: "x", count: 8192))\"")] }
    }
    let deep = String(repeating: "[", count: 3000) + String(repeating: "]", count: 3000)
    #expect(throws: Refusal.clientDataMalformed) { try Bench.register { $0.clientData.extra = [("deep", deep)] } }
    let wide = "[" + String(repeating: "0,", count: 2000) + "0]"
    #expect(throws: Refusal.clientDataMalformed) { try Bench.register { $0.clientData.extra = [("wide", wide)] } }
  }
}
