import Crypto
import Encodings
import Foundation
import Libcrypto
import OIDCRules
import Testing

/// Keys are made once: an RSA key takes a good part of a second.
enum TestKeys {
  static let rsa = Result { try SigningKey.generate(.rs256, id: "rsa-1") }
  static let otherRSA = Result { try SigningKey.generate(.rs256, id: "rsa-1") }
  static let ec = Result { try SigningKey.generate(.es256, id: "ec-1") }
  private static let pss = Result { try SigningKey.generate(.ps256, id: "pss-1") }
  private static let ec384 = Result { try SigningKey.generate(.es384, id: "ec-2") }
  private static let ed = Result { try SigningKey.generate(.edDSA, id: "ed-1") }

  static func of(_ algorithm: SigningAlgorithm) throws -> SigningKey {
    switch algorithm {
    case .rs256: try rsa.get()
    case .ps256: try pss.get()
    case .es256: try ec.get()
    case .es384: try ec384.get()
    case .edDSA: try ed.get()
    }
  }
}

@Suite("JSON Web Signatures")
struct JWSTests {
  private let claims: [String: JSONValue] = ["sub": "user-1", "exp": 1_800_000_000]

  /// A token with a header of our choosing, signed with whatever is asked for.
  private func forged(
    _ header: JSONValue, _ payload: [UInt8]? = nil, sign: ([UInt8]) throws -> [UInt8] = { _ in [] }
  ) rethrows -> String {
    let input = Base64URL.encode(header.json) + "." + Base64URL.encode(payload ?? JSONValue.object(claims).json)
    return input + "." + Base64URL.encode(try sign(Array(input.utf8)))
  }

  private func refusal(
    of token: String, type: String = "JWT", keys: [VerificationKey]? = nil,
    algorithms: Set<SigningAlgorithm> = Set(SigningAlgorithm.allCases)
  ) throws -> JWSRefusal? {
    let known = try keys ?? SigningAlgorithm.allCases.map { try TestKeys.of($0).verificationKey }
    return OIDCRulesTests.refusal(JWSRefusal.self) { () throws(JWSRefusal) in
      try JWS.verify(token, type: type, keys: known, algorithms: algorithms)
    }
  }

  @Test("what is signed verifies, with every algorithm", arguments: SigningAlgorithm.allCases)
  func roundTrip(_ algorithm: SigningAlgorithm) throws {
    let key = try TestKeys.of(algorithm)
    let token = try JWS.sign(claims, type: "at+jwt", with: key)
    #expect(try JWS.verify(token, type: "at+jwt", keys: [key.verificationKey]) == claims)
    #expect(try JWS.verify(token, type: "application/AT+JWT", keys: [key.verificationKey]) == claims)
    let header = try #require(token.split(separator: ".").first.flatMap { Base64URL.decode(String($0)) })
    #expect(
      String(decoding: header, as: UTF8.self) == #"{"alg":"\#(algorithm.rawValue)","kid":"\#(key.id)","typ":"at+jwt"}"#)
  }

  @Test("libcrypto on its own accepts our RS256 and PS256: PKCS #1 v1.5 and PSS, over SHA-256")
  func independent() throws {
    for (algorithm, padding) in [(SigningAlgorithm.rs256, RSAPadding.pkcs1), (.ps256, .pss)] {
      let key = try TestKeys.of(algorithm)
      let token = try JWS.sign(claims, type: "JWT", with: key)
      let parts = token.split(separator: ".").map(String.init)
      let own = try RSAPrivateKey(der: key.privateBytes).publicKey
      let signature = try #require(Base64URL.decode(parts[2]))
      #expect(own.accepts(signature, for: Array("\(parts[0]).\(parts[1])".utf8), padding))
    }
  }

  @Test("the example of RFC 7515 A.3 has a good signature, and no typ: refused here for that alone")
  func untyped() throws {
    let jwk = try #require(
      PublicJWK([
        "kty": "EC", "crv": "P-256", "kid": "a3", "alg": "ES256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
      ]))
    let token =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
      + "Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    let key = try VerificationKey(jwk: jwk)
    #expect(try refusal(of: token, keys: [key]) == .wrongType)
  }

  @Test("alg none, other algorithms, and algorithms not allowed here are refused")
  func algorithms() throws {
    for name in ["none", "None", "NONE", "HS256", "RS384", "PS384", "rs256", "", "ES512", "ES256K", "eddsa"] {
      let header: JSONValue = ["alg": .string(name), "kid": "rsa-1", "typ": "JWT"]
      #expect(try refusal(of: forged(header)) == .algorithmNotAllowed)
    }
    #expect(try refusal(of: forged(["kid": "rsa-1", "typ": "JWT"])) == .algorithmNotAllowed)
    #expect(try refusal(of: forged(["alg": ["RS256"], "kid": "rsa-1", "typ": "JWT"])) == .algorithmNotAllowed)
    let token = try JWS.sign(claims, type: "JWT", with: try TestKeys.ec.get())
    #expect(try refusal(of: token, algorithms: [.rs256]) == .algorithmNotAllowed)
  }

  @Test("a public key used as an HMAC secret gets nowhere")
  func confusion() throws {
    let secret = SymmetricKey(data: try TestKeys.rsa.get().verificationKey.jwk.value.json)
    let token = forged(["alg": "HS256", "kid": "rsa-1", "typ": "JWT"]) {
      Array(HMAC<SHA256>.authenticationCode(for: $0, using: secret))
    }
    #expect(try refusal(of: token) == .algorithmNotAllowed)
  }

  @Test("a key verifies its own algorithm only, whatever the header says")
  func mismatch() throws {
    #expect(
      try refusal(of: forged(["alg": "ES256", "kid": "rsa-1", "typ": "JWT"])) == .keyAlgorithmMismatch)
    #expect(try refusal(of: forged(["alg": "RS256", "kid": "ec-1", "typ": "JWT"])) == .keyAlgorithmMismatch)
    // The same kind of key, another padding.
    #expect(try refusal(of: forged(["alg": "PS256", "kid": "rsa-1", "typ": "JWT"])) == .keyAlgorithmMismatch)
  }

  @Test("a key that the token brings along is not looked at; a name that nobody knows is refused")
  func embeddedKeys() throws {
    let mine = try TestKeys.otherRSA.get()
    let token = try JWS.sign(claims, type: "JWT", with: mine)
    #expect(try refusal(of: token) == .badSignature)
    let header: JSONValue = [
      "alg": "RS256", "kid": "mine", "typ": "JWT", "jwk": mine.verificationKey.jwk.value, "jku": "https://evil.example",
    ]
    #expect(try refusal(of: forged(header)) == .unknownKey)
    #expect(try refusal(of: forged(["alg": "RS256", "typ": "JWT"])) == .unknownKey)
  }

  @Test("a critical extension is refused, even an empty list of them")
  func critical() throws {
    let header: JSONValue = ["alg": "RS256", "kid": "rsa-1", "typ": "JWT", "crit": ["exp"], "exp": 1]
    #expect(try refusal(of: forged(header)) == .criticalExtension)
    #expect(try refusal(of: forged(["alg": "RS256", "kid": "rsa-1", "typ": "JWT", "crit": []])) == .criticalExtension)
  }

  @Test("the type is part of what is asked for")
  func types() throws {
    let token = try JWS.sign(claims, type: "at+jwt", with: try TestKeys.ec.get())
    #expect(try refusal(of: token, type: "JWT") == .wrongType)
    #expect(try refusal(of: forged(["alg": "RS256", "kid": "rsa-1"])) == .wrongType)
  }

  @Test("every spoilt part is refused", arguments: SigningAlgorithm.allCases)
  func spoilt(_ algorithm: SigningAlgorithm) throws {
    let key = try TestKeys.of(algorithm)
    let token = try JWS.sign(claims, type: "JWT", with: key)
    let parts = token.split(separator: ".").map(String.init)
    let signature = try #require(Base64URL.decode(parts[2]))
    for bit in [0, 7, signature.count * 8 - 1] {
      var spoilt = signature
      spoilt[bit / 8] ^= 1 << (bit % 8)
      #expect(try refusal(of: "\(parts[0]).\(parts[1]).\(Base64URL.encode(spoilt))") == .badSignature)
    }
    for bytes in [[], Array(signature.dropLast()), signature + [0], [UInt8](repeating: 0, count: signature.count)] {
      #expect(try refusal(of: "\(parts[0]).\(parts[1]).\(Base64URL.encode(bytes))") == .badSignature)
    }
    let other = Base64URL.encode(JSONValue.object(["sub": "user-2"]).json)
    #expect(try refusal(of: "\(parts[0]).\(other).\(parts[2])") == .badSignature)
  }

  @Test("an ES256 signature in DER is refused")
  func derSignature() throws {
    let key = try TestKeys.ec.get()
    let der = try P256.Signing.PrivateKey(derRepresentation: key.privateBytes)
    let token = try forged(["alg": "ES256", "kid": "ec-1", "typ": "JWT"]) {
      Array(try der.signature(for: $0).derRepresentation)
    }
    #expect(try refusal(of: token) == .badSignature)
  }

  @Test("form and size are strict")
  func form() throws {
    let token = try JWS.sign(claims, type: "JWT", with: try TestKeys.ec.get())
    #expect(try refusal(of: "") == .notCompact)
    #expect(try refusal(of: "a.b") == .notCompact)
    #expect(try refusal(of: token + ".x") == .notCompact)
    #expect(try refusal(of: token + "=") == .malformedEncoding)
    #expect(try refusal(of: " " + token) == .malformedEncoding)
    #expect(try refusal(of: token + "\n") == .malformedEncoding)
    #expect(try refusal(of: "e30\u{0}." + token) == .notCompact)
    #expect(try refusal(of: String(repeating: "a", count: Limits.token + 1)) == .tooLarge)
    #expect(try refusal(of: "W10.e30.") == .malformedHeader)
    #expect(
      try refusal(of: Base64URL.encode(Array(#"{"alg":"RS256","alg":"none"}"#.utf8)) + ".e30.") == .malformedHeader)
  }

  @Test("a payload that is no JSON object is refused although it is signed")
  func payload() throws {
    let key = try TestKeys.ec.get()
    let signer = try P256.Signing.PrivateKey(derRepresentation: key.privateBytes)
    for text in ["[]", "1", "{", #"{"a":1,"a":2}"#, ""] {
      let token = try forged(["alg": "ES256", "kid": "ec-1", "typ": "JWT"], Array(text.utf8)) {
        Array(try signer.signature(for: $0).rawRepresentation)
      }
      #expect(try refusal(of: token) == .malformedPayload)
    }
  }
}
