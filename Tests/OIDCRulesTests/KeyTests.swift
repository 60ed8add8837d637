import Encodings
import Foundation
import OIDCRules
import Testing

@Suite("Keys")
struct KeyTests {
  /// RSA with 1024 bits, from the openssl command.
  private static let shortKey = """
    MIICXgIBAAKBgQC/1YVD3LlKwVKGCn59XRTab7++QJUNjIGJHzAgRxCvIumBH4SZIL96dNWaWBpM5RlfxZtWtIQRvTtguWUhzYJIraKF2Liv9RvG
    7OO0yAGihgqBHyxoh3CTB6EiFslGsPbO0OKFZR6QAJaLIXK9E1uaxnsyGcms1RN8FDXLdENvQwIDAQABAoGAG06YrsVPtv138s6xnMTQQBviLoHg
    9dHHaq5+2kljbZrJpHDJHkcUGqlg8pyR+dou13w4lYoStre6KRWa+MnZPqIpXJNy7nvDGnHOTLZPutSUYfzj6M6t5lLr2CDa3UEOuRbj3bNXP3UN
    JNNMb1l+EWnSMRhSkXudvSd6kjyps7kCQQDeq5QP9JeAbnTLgkrGEFaRib6SJsWkxFOIFmheuQJF8SPNkSA5FFh/cuMn1BkMhJGPwY93FP4OYtrL
    U+aQUdX3AkEA3IxXmMHY4fWtijaebmDliR6ILPrxROSx2d/DxVFh62uw11SsBRMdA+9+XKXzJFr59Z4kMwdla6IzwqyqbxmuFQJBAKBjamULw0zp
    QwuLsBx2jESMuU5Ay0BhgeGWcls4XCDRDv71OAalVxGGSYTYy6oum0K3I4WdA1qNbhfjOUJfEAUCQQDFgn2UFM2pFj5yz5U0nlwRXyFuvtDA9Nn9
    lzIYjFhX35qATJi89q/+bUVJrWhAv6SofRZICLCgIqOeDMmZM3M9AkEAynjZDINatYZ1Q97lbIn+7s03PVAQ+vu56pL9NLp6JqHXQEhj+MpARk5E
    om/GRM9RFPf1jDmeIPj+Lul5mDP2/g==
    """

  @Test("a key survives being kept", arguments: SigningAlgorithm.allCases)
  func kept(_ algorithm: SigningAlgorithm) throws {
    let key = try TestKeys.of(algorithm)
    let again = try SigningKey(privateBytes: key.privateBytes, algorithm: algorithm, id: key.id)
    let token = try JWS.sign(["a": 1], type: "JWT", with: again)
    #expect(try JWS.verify(token, type: "JWT", keys: [key.verificationKey]) == ["a": 1])
    #expect(again.verificationKey.jwk == key.verificationKey.jwk)
  }

  @Test("bytes of another algorithm, or of a short RSA key, are not a key")
  func refused() throws {
    #expect(throws: KeyFailure.malformed) {
      try SigningKey(privateBytes: try TestKeys.ec.get().privateBytes, algorithm: .rs256, id: "x")
    }
    #expect(throws: KeyFailure.malformed) {
      try SigningKey(privateBytes: try TestKeys.ec.get().privateBytes, algorithm: .es384, id: "x")
    }
    #expect(throws: KeyFailure.malformed) {
      try SigningKey(privateBytes: [UInt8](repeating: 1, count: 31), algorithm: .edDSA, id: "x")
    }
    let short = try #require(Data(base64Encoded: Self.shortKey, options: .ignoreUnknownCharacters))
    #expect(throws: KeyFailure.malformed) {
      try SigningKey(privateBytes: Array(short), algorithm: .rs256, id: "x")
    }
  }

  @Test("a published key is public, and reads back", arguments: SigningAlgorithm.allCases)
  func published(_ algorithm: SigningAlgorithm) throws {
    let key = try TestKeys.of(algorithm)
    let value = try JSONValue(json: key.verificationKey.jwk.value.json)
    let names = Set(try #require(value.object).keys)
    let own =
      switch algorithm {
      case .rs256, .ps256: ["n", "e"]
      case .es256, .es384: ["crv", "x", "y"]
      case .edDSA: ["crv", "x"]
      }
    #expect(names == Set(["kty", "kid", "use", "alg"] + own))
    let read = try VerificationKey(jwk: try #require(PublicJWK(value)))
    let token = try JWS.sign(["a": 1], type: "JWT", with: key)
    #expect(try JWS.verify(token, type: "JWT", keys: [read]) == ["a": 1])
    #expect(PublicJWK.set([key.verificationKey.jwk]).object?["keys"]?.array?.count == 1)
  }

  @Test("spoilt published keys are refused")
  func spoiltJWK() throws {
    let rsa = try #require(try TestKeys.rsa.get().verificationKey.jwk.value.object)
    let ec = try #require(try TestKeys.ec.get().verificationKey.jwk.value.object)
    let ec384 = try #require(try TestKeys.of(.es384).verificationKey.jwk.value.object)
    let ed = try #require(try TestKeys.of(.edDSA).verificationKey.jwk.value.object)
    let changes: [([String: JSONValue], String, JSONValue)] = [
      (rsa, "e", "AQ"), (rsa, "e", "Aw"), (rsa, "n", "AQAB"), (rsa, "n", "!"), (rsa, "kty", "EC"),
      (rsa, "alg", "ES256"),
      (rsa, "alg", "none"), (rsa, "use", "enc"), (rsa, "d", "AQAB"), (rsa, "kid", ""), (ec, "crv", "P-384"),
      (ec, "x", "AQAB"), (ec, "y", ec["x"] ?? ""), (ec, "d", "AQAB"), (ec, "alg", "RS256"), (ec, "kty", "OKP"),
      (ec, "alg", "ES384"), (ec384, "crv", "P-256"), (ec384, "x", ec["x"] ?? ""), (ec384, "alg", "ES256"),
      (ed, "crv", "X25519"), (ed, "crv", "Ed448"), (ed, "kty", "EC"), (ed, "x", "AQAB"), (ed, "d", "AQAB"),
      (ed, "alg", "ES256"),
    ]
    for (members, name, value) in changes {
      let spoilt = JSONValue.object(members.merging([name: value]) { $1 })
      let key = PublicJWK(spoilt).flatMap { try? VerificationKey(jwk: $0) }
      #expect(key == nil, "\(name) = \(value)")
    }
  }

  @Test("a signing key prints as nothing")
  func redacted() throws {
    let key = try TestKeys.ec.get()
    var dumped = ""
    dump(key, to: &dumped)
    #expect("\(key)" == "<redacted ES256 key ec-1>" && !dumped.contains("p256"))
  }
}
