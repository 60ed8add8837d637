import Crypto
import Encodings
import Foundation
import LatchkeyProtocol
import ServiceKit
import ServiceStore
import TestKit
import Testing

@Suite("Sealing")
struct SealingTests {
  private let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
  private let other = SymmetricKey(data: [UInt8](repeating: 8, count: 32))

  @Test("what was sealed opens in its context, whatever its length", arguments: [0, 1, 32, 4096])
  func roundTrip(length: Int) throws {
    let sealer = Sealer(current: key)
    let content = SystemRandomness().bytes(length)
    let sealed = try sealer.seal(content, context: "signing-key/1")
    #expect(sealed.count == length + 45)
    #expect(try sealer.open(sealed, context: "signing-key/1") == content)
  }

  @Test("another context opens nothing")
  func context() throws {
    let sealer = Sealer(current: key)
    let sealed = try sealer.seal([1, 2, 3], context: "a")
    #expect(throws: SealFailure.notAuthentic) { try sealer.open(sealed, context: "b") }
  }

  @Test("a change of any byte is noticed")
  func everyByte() throws {
    let sealer = Sealer(current: key)
    let sealed = try sealer.seal([1, 2, 3], context: "a")
    for index in sealed.indices {
      var spoiled = sealed
      spoiled[index] ^= 1
      #expect(throws: SealFailure.self) { try sealer.open(spoiled, context: "a") }
    }
    #expect(throws: SealFailure.malformed) { try sealer.open(Array(sealed.prefix(44)), context: "a") }
    #expect(throws: SealFailure.malformed) { try sealer.open([], context: "a") }
  }

  @Test("a retired key still opens, an unknown one is told apart")
  func rotation() throws {
    let sealed = try Sealer(current: key).seal([9], context: "a")
    #expect(try Sealer(current: other, previous: [key]).open(sealed, context: "a") == [9])
    #expect(throws: SealFailure.unknownKey) { try Sealer(current: other).open(sealed, context: "a") }
  }

  @Test("the same content is sealed differently every time")
  func freshness() throws {
    let sealer = Sealer(current: key)
    #expect(try sealer.seal([1], context: "a") != sealer.seal([1], context: "a"))
  }

  @Test("a sealed setting opens under its own name alone")
  func sealing() throws {
    let keys = try EncryptionKey(Array("a key for tests, and for nothing else".utf8))
    let secrets = SettingSecrets(keys: keys.keys(for: .admin))
    let sealed = try secrets.seal(Secret("correct horse"), as: "smtpPassword")
    #expect(try SettingSecrets(keys: keys.keys(for: .auth)).open(sealed, as: "smtpPassword") == Secret("correct horse"))
    #expect(throws: SealFailure.notAuthentic) { try secrets.open(sealed, as: "ldapBindPassword") }
  }
}

@Suite("Carried state")
struct CarriedStateTests {
  private struct Ceremony: Codable, Equatable {
    var challenge: [UInt8]
    var user: UUID
  }

  private let clock = FixedClock()
  private let state: CarriedState
  private let ceremony = Ceremony(challenge: [1, 2, 3], user: UUID())

  init() { state = CarriedState(key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)), clock: clock) }

  @Test("comes back as it went, as text that fits a cookie")
  func roundTrip() throws {
    let text = try state.seal(ceremony, purpose: "sign-in", lifetime: .seconds(60))
    #expect(text.utf8.count < 400)
    #expect(Base64URL.decode(text) != nil)
    #expect(try state.open(Ceremony.self, from: text, purpose: "sign-in") == ceremony)
  }

  @Test("is refused for another purpose as invalid")
  func purpose() throws {
    let text = try state.seal(ceremony, purpose: "sign-in", lifetime: .seconds(60))
    #expect(throws: CarriedStateFailure.invalid) { try state.open(Ceremony.self, from: text, purpose: "add-passkey") }
  }

  @Test("lives to its last moment and is then refused as expired")
  func expiry() throws {
    let text = try state.seal(ceremony, purpose: "sign-in", lifetime: .seconds(60))
    clock.advance(bySeconds: 59.9)
    _ = try state.open(Ceremony.self, from: text, purpose: "sign-in")
    clock.advance(bySeconds: 0.1)
    #expect(throws: CarriedStateFailure.expired) { try state.open(Ceremony.self, from: text, purpose: "sign-in") }
  }

  @Test("made up, cut short or under another key is refused as invalid")
  func forged() throws {
    let text = try state.seal(ceremony, purpose: "sign-in", lifetime: .seconds(60))
    let others = CarriedState(key: SymmetricKey(data: [UInt8](repeating: 8, count: 32)), clock: clock)
    let foreign = try others.seal(ceremony, purpose: "sign-in", lifetime: .seconds(60))
    for wrong in ["", "abc", String(text.dropLast(4)), foreign, text + "AAAA"] {
      #expect(throws: CarriedStateFailure.invalid) { try state.open(Ceremony.self, from: wrong, purpose: "sign-in") }
    }
  }
}
