import Encodings
import Foundation
import TestKit
import Testing
import WebAuthn

/// Mutated and random input for everything that parses. A crash ends the test run; what is checked is that each input
/// gives a value or a `Refusal`, within bounded time.
@Suite("Fuzz")
struct FuzzTests {
  private func run(_ seeds: [[UInt8]], _ parse: ([UInt8]) throws -> Void) throws {
    var mutator = Mutator(seeds: seeds, random: SplitMix(seed: Fuzz.seed))
    var accepted = 0
    for _ in 0..<Fuzz.count {
      let input = mutator.next()
      do {
        try parse(input)
        accepted += 1
      } catch is Refusal {
        continue
      } catch {
        Issue.record("\(error) is no refusal, for \(input)")
      }
    }
    #expect(accepted < Fuzz.count)
  }

  private func attestationObjects() throws -> [[UInt8]] {
    let chain = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now), intermediate: true)
    return try SoftKey.algorithms.map { try Bench.registration(algorithm: $0).attestationObject() } + [
      try Bench.registration { $0.attestation = .selfSigned }.attestationObject(),
      try Bench.registration { $0.attestation = .certified(chain) }.attestationObject(),
    ]
  }

  @Test("CBOR")
  func cbor() throws {
    try run(try attestationObjects()) { _ = try CBORReader.decode($0) }
  }

  @Test("COSE keys")
  func cose() throws {
    let keys = try SoftKey.algorithms.map { try SoftKey.make($0).cose().encoded }
    try run(keys) {
      let key = try COSEKey(encoded: $0)
      _ = try VerificationKey(key, algorithm: try key.algorithm(among: Algorithm.offered))
    }
  }

  @Test("client data")
  func clientData() throws {
    let bytes = try Bench.registration { $0.clientData.extra = [("a", "{\"b\":[1,\"\\u00e9\"]}")] }.clientData.bytes
    try run([bytes]) { _ = try CollectedClientData($0) }
  }

  @Test("authenticator data")
  func authenticatorData() throws {
    try run(try SoftKey.algorithms.map { try Bench.registration(algorithm: $0).authenticatorData.bytes }) {
      _ = try AuthenticatorData($0)
    }
  }

  @Test("responses as JSON")
  func responses() throws {
    try run([try Bench.registration().json(), try Bench.assertion(try SoftKey.make(-7)).json()]) {
      if $0.count % 2 == 0 {
        _ = try AuthenticatorAttestationResponse(json: $0)
      } else {
        _ = try AuthenticatorAssertionResponse(json: $0)
      }
    }
  }

  @Test("whole registrations with a mutated attestation object")
  func registrations() throws {
    let expectation = RegistrationExpectation(challenge: Bench.challenge(), relyingParty: Bench.party)
    let clientData = try Bench.registration().clientData.bytes
    try run(try attestationObjects()) {
      let id = Base64URL.encode(Bench.credentialID)
      let json = """
        {"id":"\(id)","rawId":"\(id)","type":"public-key","response":{"clientDataJSON":\
        "\(Base64URL.encode(clientData))","attestationObject":"\(Base64URL.encode($0))"}}
        """
      _ = try RegistrationCeremony(expectation)
        .verify(try AuthenticatorAttestationResponse(json: Array(json.utf8)), at: Bench.now)
    }
  }
}

/// A repeatable source of inputs: seeds with bytes changed, removed, inserted, repeated or cut, and plain noise.
struct Mutator {
  let seeds: [[UInt8]]
  var random: SplitMix

  private mutating func byte() -> UInt8 {
    // Bytes that begin something in CBOR or JSON, more often than others.
    let pointed: [UInt8] = [0x00, 0x18, 0x5b, 0x7f, 0x9f, 0xa1, 0xbf, 0xc0, 0xf9, 0xff, 0x22, 0x5b, 0x5c, 0x7b, 0x7d]
    return random.below(3) == 0 ? pointed[random.below(pointed.count)] : UInt8(random.below(256))
  }

  mutating func next() -> [UInt8] {
    if random.below(10) == 0 { return (0..<random.below(200)).map { _ in byte() } }
    var input = seeds[random.below(seeds.count)]
    for _ in 0...random.below(4) {
      let place = random.below(input.count)
      switch random.below(6) {
      case 0 where !input.isEmpty: input[place] = byte()
      case 1 where !input.isEmpty: input[place] ^= 1 << UInt8(random.below(8))
      case 2 where !input.isEmpty: input.remove(at: place)
      case 3: input.insert(byte(), at: place)
      case 4: input.insert(contentsOf: input.prefix(random.below(40)), at: place)
      default: input = Array(input.prefix(place))
      }
    }
    return input
  }
}
