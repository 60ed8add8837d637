import Encodings
import OIDCRules
import Testing

@Suite("Signatures that are known to be good")
struct AcceptedSignatureTests {
  @Test("a token that was believed is believed again, and no neighbour of it", arguments: SigningAlgorithm.allCases)
  func neighbours(algorithm: SigningAlgorithm) throws {
    let key = try SigningKey.generate(algorithm, id: "k")
    let other = try SigningKey.generate(algorithm, id: "k")
    let token = try JWS.sign(["sub": "ada"], type: "JWT", with: key)
    for _ in 0..<2 { #expect(try verify(token, key)["sub"] == "ada") }
    let parts = token.split(separator: ".").map { String($0) }
    let signature = try #require(Base64URL.decode(parts[2]))
    let input = Array("\(parts[0]).\(parts[1])".utf8)
    #expect(key.verificationKey.accepts(signature, for: input))
    // The same bytes, cut elsewhere.
    for shift in 1..<3 {
      #expect(!key.verificationKey.accepts(Array(signature.dropFirst(shift)), for: input + signature.prefix(shift)))
      #expect(!key.verificationKey.accepts(input.suffix(shift) + signature, for: input.dropLast(shift)))
    }
    var changed = signature
    changed[changed.count - 1] ^= 1
    #expect(!key.verificationKey.accepts(changed, for: input))
    #expect(!key.verificationKey.accepts(signature, for: input + [0]))
    #expect(!other.verificationKey.accepts(signature, for: input))
  }

  private func verify(_ token: String, _ key: SigningKey) throws -> [String: JSONValue] {
    try JWS.verify(token, type: "JWT", keys: [key.verificationKey])
  }
}
