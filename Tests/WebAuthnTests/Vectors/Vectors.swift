import Foundation
import Testing

/// The specification's own examples (W3C Web Authentication Level 3, section "Test Vectors"), beside this file.
struct Vectors: Decodable {
  struct Ceremony: Decodable {
    let challenge: String
    let clientDataJSON: String
    let attestationObject: String?
    let authenticatorData: String?
    let signature: String?
    let credentialId: String?
  }

  struct Vector: Decodable, CustomTestStringConvertible {
    let name: String
    let registration: Ceremony
    let authentication: Ceremony
    var testDescription: String { name }
  }

  struct Root: Decodable {
    let attestationCaCert: String
  }

  let vectors: [Vector]
  let attestationRoot: Root

  static let all: Vectors = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "webauthn-l3-vectors.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let data = try? Data(contentsOf: file), let vectors = try? decoder.decode(Vectors.self, from: data)
    else { preconditionFailure("the test vectors belong beside Vectors.swift") }
    return vectors
  }()

  /// Those with an attestation format and an algorithm that we verify, by name: a vector in neither list fails a test.
  static let verified = [
    "none-es256", "packed-self-es256", "none-es256-crossOrigin", "none-es256-topOrigin",
    "none-es256-long-credential-id", "packed-es256", "packed-es384", "packed-es512", "packed-rs256", "packed-eddsa",
  ]
  static let otherAlgorithm = ["packed-ed448"]
  static let otherFormat = ["tpm-es256", "android-key-es256", "apple-es256", "fido-u2f-es256"]

  static func named(_ names: [String]) -> [Vector] {
    names.compactMap { name in all.vectors.first { $0.name == name } }
  }
}
