import Encodings
import OIDCRules
import Testing

/// Signatures that others made, of known keys.
@Suite("Signatures of others")
struct SignatureVectorTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    let source: String
    let algorithm: String
    let key: JSONValue
    let token: String

    var testDescription: String { source }
  }

  static let vectors = [
    Vector(
      source: "RFC 7520 §4.1 (RS256)", algorithm: "RS256",
      key: [
        "kty": "RSA", "e": "AQAB",
        "n":
          .string(
            "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKr"
              + "Kb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1N"
              + "NLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_"
              + "qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"),
      ],
      token: "eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2lu"
        + "ZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVw"
        + "IHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0IG9mZiB0by4.MRjdkly7_-oTPTS3"
        + "AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi84wnB-BDkoBwA78185hX-"
        + "Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocSadnHXFxnt8Is9UzpERV0ePPQ"
        + "dLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJushZ41Axf_fcIe8u9ipH84ogoree7"
        + "vjbU5y18kDquDg"),
    Vector(
      source: "RFC 7515 A.3 (ES256)", algorithm: "ES256",
      key: [
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
      ],
      token: "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
        + "Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"),
    Vector(
      source: "RFC 8037 A.4 (Ed25519)", algorithm: "EdDSA",
      key: ["kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"],
      token: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhi"
        + "jcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"),
    Vector(
      source: "OpenSSL (PS256)", algorithm: "PS256",
      key: [
        "kty": "RSA", "e": "AQAB",
        "n":
          .string(
            "3GLWC7RVCL2nMplXhS1kkJomTNsvTy78movUy8o0Jo7Hyv6ZRJazWrhMhvn-rd9E2tHTDdDCxajq6NYPypGoIczLTapCyulVutyaUqne"
              + "_Qny9SbSGvEYvMQ8m8wwqhXnYuPl7uW274vNPAMHo-sItyL36q9s25pX_bC8gMkflRa5nKXghFM4EhoQVhljEeiHVu6TPUVsOB"
              + "SZI9fuMhYRHvzMhg9vOK8k0F4HfMajLVxfNfQVy_EH-T8IUF9uIZWLD-paD6bJ8LinCIN3zpmn8EoWykhjEKScH1aqyFgnSmaC"
              + "9UjAi_X5S3zYaXMq9N7lMULb6MgJkfGG0JHcmCQI3Q"),
      ],
      token: "eyJhbGciOiJQUzI1NiJ9.bWFkZSBieSBPcGVuU1NM.MHeOr0BhfblWqMISWGvaHy6AVFVn6x3eaoFWHKqm-1hAvImfFexnZf2ZsFm"
        + "WaiMSRXVtPr63ij1i7tLtr6p-lXXss2EGH5WWtWSqgoz3-UmqV3MXHB-5rYDSFmKPW2VA708E4Jx8iyF_BRR6IMpchHn91t2vJd61mMv"
        + "UCyDQnvaX2njxYpelh6sUyU0yeRDLA_nIaA0GxxqDFZdWcc6nlFDlqnIXmSSe_JOlky7tzVYp_cuaNGWeYGsATnTuklmTg0cdSx8Ds1h"
        + "edZddZB-wmKKVVyYyHbPlB01Kc1Mcu4xBUCCh_BCijoQXbTdi1XS9bUn7LPhq3TCQNXVYbI-4Hg"),
    Vector(
      source: "OpenSSL (ES384)", algorithm: "ES384",
      key: [
        "kty": "EC", "crv": "P-384", "x": "Apjv4cVWxQVgtCdfzPYC0lOgkesKHecvLLIplPJUIIlxXuD_IqHv3fpiOjIrvns5",
        "y": "pF-EbtRmNCrbOQq-o6glmfieZW0gCJroGpOadIJaj_C7nMbhNs3GWGaNg6kshAum",
      ],
      token: "eyJhbGciOiJFUzM4NCJ9.bWFkZSBieSBPcGVuU1NM.MBpE05CXvB_Qd9HnkzH0SdqlAkikByG0JC_IreDr_guQeDKrBgJAOIRFgfP"
        + "WjvbnayF5H34RTtwKQ3-HPboYqPZFAeRJuBVP21y0Dn6atoQAC9R75AbK6avJXPMhOOD6"),
  ]

  @Test("a signature that another implementation made is good for its key, and for nothing else", arguments: vectors)
  func verified(_ vector: Vector) throws {
    let members = try #require(vector.key.object)
    let jwk = JSONValue.object(members.merging(["kid": "1", "alg": .string(vector.algorithm)]) { $1 })
    let key = try VerificationKey(jwk: try #require(PublicJWK(jwk)))
    let parts = vector.token.split(separator: ".").map(String.init)
    var signature = try #require(Base64URL.decode(parts[2]))
    let input = Array("\(parts[0]).\(parts[1])".utf8)
    #expect(key.accepts(signature, for: input))
    #expect(!key.accepts(signature, for: input + [0]))
    signature[signature.count / 2] ^= 1
    #expect(!key.accepts(signature, for: input))
  }

  @Test("every algorithm has a vector")
  func all() {
    #expect(Set(Self.vectors.map(\.algorithm)) == Set(SigningAlgorithm.allCases.map(\.rawValue)))
  }

  @Test("RFC 8037 A.1: the seed leads to the public key of the standard")
  func seed() throws {
    let seed = try #require(Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
    let key = try SigningKey(privateBytes: seed, algorithm: .edDSA, id: "1")
    #expect(key.verificationKey.jwk.parameters["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
  }
}
