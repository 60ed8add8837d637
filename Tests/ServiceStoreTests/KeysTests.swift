import Crypto
import LatchkeyProtocol
import ServiceStore
import Testing

/// Expected values were computed apart, with HKDF-SHA256 written in Python: a change of derivation loses everybody's
/// data.
@Suite("Keys")
struct KeysTests {
  private let key: EncryptionKey

  init() throws { key = try EncryptionKey(Array("0123456789abcdef".utf8)) }

  @Test("are derived as RFC 5869 says, with salt and info of our own")
  func derivation() {
    #expect(hex(key.checkValue) == "ec702a60f678c1e4d79d4c903d2d6b09ae2d21e633422b9604c48468e88c28f2")
    #expect(
      key.databasePassword(for: .auth).exposed == "d6e90a2a5e0d7c5658e29bf16ae2b403ee8a28570ee0f25dc4d7375cf3365027")
    let keys = key.keys(for: .oidc)
    #expect(keys.text.exposed == "3VHXLiEC6ZttEiZHnuG4DFu6suhtmgcmZMsxxhl01T0")
    #expect(hex(keys.transport(.gateway)) == "8d4e668aa583b93c905a41e6d6b8d2bd0f44192d64f5bf48fab6fd75d5c8eb05")
    #expect(hex(keys.keyEncryption) == "585e248157643fc34a95e646484a595fdf129e985ca8d148cdf207b21247630a")
    #expect(hex(keys.hash) == "5893d6bc1b947451f6c06fc8ee42f65d1cb296b89b9e24b7ccdf79883c9dece4")
    #expect(hex(keys.carried) == "d03ddc17478a4a663b9dd353f85fd2172e2f974c82204ea5b7106df382674b65")
    #expect(hex(keys.derive) == "f14bc4b57e4b7db05d58ad99dfdba652778a07b25c16545513629fbc22914c95")
  }

  @Test("a keyed hash is HMAC-SHA256 of purpose and text, and matches in one purpose only")
  func keyedHash() {
    let hash = KeyedHash(key: key.keys(for: .oidc).hash)
    let value = hash.hash("ABC123", purpose: "one-time-code")
    #expect(hex(value) == "e7d737455f98ddd6c2c08aee36ec1b18df8d428f0b0b0e67a89b0e5b2a2e949f")
    #expect(hash.matches("ABC123", purpose: "one-time-code", hash: value))
    #expect(!hash.matches("ABC123", purpose: "client-secret", hash: value))
    #expect(!hash.matches("ABC124", purpose: "one-time-code", hash: value))
  }

  @Test("a service's key travels as text and derives the same")
  func text() throws {
    let keys = key.keys(for: .auth)
    let again = try ServiceKeys(service: .auth, text: keys.text, shared: keys.sharedText)
    #expect(again.transport(.gateway) == keys.transport(.gateway))
    #expect(again.hash == keys.hash)
  }

  @Test("services, peers and uses share no key")
  func separation() {
    let services: [Peer] = [.auth, .oidc, .admin]
    let all = services.map { key.keys(for: $0) }.flatMap { keys in
      [keys.transport(.gateway), keys.transport(.latchkey)]
        + [keys.keyEncryption, keys.hash, keys.carried, keys.derive].map { key in key.withUnsafeBytes { Array($0) } }
    }
    #expect(Set(all).count == all.count)
  }

  @Test(
    "a service key of the wrong size or alphabet is refused",
    arguments: ["", "AAAA", String(repeating: "A", count: 44), "?"])
  func malformedServiceKey(text: String) {
    #expect(throws: KeyFailure.malformedServiceKey) {
      try ServiceKeys(service: .auth, text: Secret(text), shared: Secret(text))
    }
  }

  @Test("15 bytes are too short, 16 are enough, the placeholder is no key")
  func length() throws {
    #expect(throws: KeyFailure.tooShort(bytes: 15)) { try EncryptionKey([UInt8](repeating: 1, count: 15)) }
    #expect(throws: KeyFailure.placeholder) { try EncryptionKey(Array("CHANGEME\n".utf8)) }
    _ = try EncryptionKey([UInt8](repeating: 1, count: 16))
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  private func hex(_ key: SymmetricKey) -> String { hex(key.withUnsafeBytes { Array($0) }) }
}
