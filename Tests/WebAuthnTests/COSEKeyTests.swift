import TestKit
import Testing
import WebAuthn

@Suite("COSE keys")
struct COSEKeyTests {
  /// A key of an algorithm with one change, which registration has to refuse.
  struct Spoil: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var algorithm = -7
    let reason: Refusal
    let change: @Sendable (inout SoftCBOR) -> Void
  }

  static let spoils: [Spoil] = [
    .init(testDescription: "P-384 named for ES256", reason: .keyTypeMismatch) { $0[-1] = .int(2) },
    .init(testDescription: "a P-384 key with ES256", algorithm: -35, reason: .keyTypeMismatch) { $0[3] = .int(-7) },
    .init(testDescription: "a P-256 key with ES384", reason: .keyTypeMismatch) { $0[3] = .int(-35) },
    .init(testDescription: "a P-256 key with ES512", reason: .keyTypeMismatch) { $0[3] = .int(-36) },
    .init(testDescription: "a P-256 key with EdDSA", reason: .keyTypeMismatch) { $0[3] = .int(-8) },
    .init(testDescription: "a P-256 key with RS256", reason: .keyTypeMismatch) { $0[3] = .int(-257) },
    .init(testDescription: "secp256k1 with ES256", reason: .keyTypeMismatch) { $0[-1] = .int(8) },
    .init(testDescription: "an Ed25519 key with ES256", algorithm: -8, reason: .keyTypeMismatch) { $0[3] = .int(-7) },
    .init(testDescription: "X25519 with EdDSA", algorithm: -8, reason: .keyTypeMismatch) { $0[-1] = .int(4) },
    .init(testDescription: "Ed448 with EdDSA", algorithm: -8, reason: .keyTypeMismatch) { $0[-1] = .int(7) },
    .init(testDescription: "EC2 type with EdDSA", algorithm: -8, reason: .keyTypeMismatch) { $0[1] = .int(2) },
    .init(testDescription: "OKP type with ES256", reason: .keyTypeMismatch) { $0[1] = .int(1) },
    .init(testDescription: "an RSA key with ES256", algorithm: -257, reason: .keyTypeMismatch) { $0[3] = .int(-7) },

    .init(testDescription: "a point off the curve", reason: .keyPointInvalid) {
      $0[-3] = .bytes([UInt8](repeating: 1, count: 32))
    },
    .init(testDescription: "coordinates of zero", reason: .keyPointInvalid) {
      $0[-2] = .bytes([UInt8](repeating: 0, count: 32))
      $0[-3] = .bytes([UInt8](repeating: 0, count: 32))
    },
    .init(testDescription: "coordinates above the prime", reason: .keyPointInvalid) {
      $0[-2] = .bytes([UInt8](repeating: 0xff, count: 32))
    },
    .init(testDescription: "the point at infinity", reason: .keyPointInvalid) {
      $0[-2] = .bytes([])
      $0[-3] = .bytes([])
    },
    .init(testDescription: "a compressed y", reason: .keyPointCompressed) { $0[-3] = .bool(true) },
    .init(testDescription: "a short x", reason: .keyPointInvalid) { $0[-2] = .bytes([1]) },
    .init(testDescription: "a short Ed25519 key", algorithm: -8, reason: .keyPointInvalid) {
      $0[-2] = .bytes([UInt8](repeating: 3, count: 31))
    },
    .init(testDescription: "an Ed25519 y off the curve", algorithm: -8, reason: .keyPointInvalid) {
      $0[-2] = .bytes([2] + [UInt8](repeating: 0, count: 31))
    },
    .init(testDescription: "Ed25519's neutral point", algorithm: -8, reason: .keyPointInvalid) {
      $0[-2] = .bytes([1] + [UInt8](repeating: 0, count: 31))
    },
    .init(testDescription: "an Ed25519 point of order 8", algorithm: -8, reason: .keyPointInvalid) {
      $0[-2] = .bytes(hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85"))
    },

    .init(testDescription: "no key type", reason: .keyMalformed) { $0[1] = nil },
    .init(testDescription: "no algorithm", reason: .keyMalformed) { $0[3] = nil },
    .init(testDescription: "no curve", reason: .keyMalformed) { $0[-1] = nil },
    .init(testDescription: "no x", reason: .keyMalformed) { $0[-2] = nil },
    .init(testDescription: "no y", reason: .keyMalformed) { $0[-3] = nil },
    .init(testDescription: "no modulus", algorithm: -257, reason: .keyMalformed) { $0[-1] = nil },
    .init(testDescription: "no exponent", algorithm: -257, reason: .keyMalformed) { $0[-2] = nil },
    .init(testDescription: "a text for the key type", reason: .keyMalformed) { $0[1] = .text("EC2") },
    .init(testDescription: "an array for the key", reason: .keyMalformed) { $0 = .array([]) },

    .init(testDescription: "an EC2 key with d", reason: .keyHasPrivatePart) { $0[-4] = .bytes([1]) },
    .init(testDescription: "an OKP key with d", algorithm: -8, reason: .keyHasPrivatePart) { $0[-4] = .bytes([1]) },
    .init(testDescription: "an RSA key with d", algorithm: -257, reason: .keyHasPrivatePart) { $0[-3] = .bytes([1]) },
    .init(testDescription: "an RSA key with a prime", algorithm: -257, reason: .keyHasPrivatePart) {
      $0[-4] = .bytes([1])
    },
    .init(testDescription: "a key id", reason: .keyMemberUnexpected) { $0[2] = .bytes([1]) },
    .init(testDescription: "a text label", reason: .keyMemberUnexpected) { $0["d"] = .bytes([1]) },

    .init(testDescription: "RSA with e = 1", algorithm: -257, reason: .keyExponentRefused) { $0[-2] = .bytes([1]) },
    .init(testDescription: "RSA with e = 3", algorithm: -257, reason: .keyExponentRefused) { $0[-2] = .bytes([3]) },
    .init(testDescription: "RSA with an even e", algorithm: -257, reason: .keyExponentRefused) {
      $0[-2] = .bytes([1, 0, 2])
    },
    .init(testDescription: "RSA with an empty e", algorithm: -257, reason: .keyExponentRefused) { $0[-2] = .bytes([]) },
    .init(testDescription: "RSA with e above 2^32", algorithm: -257, reason: .keyExponentRefused) {
      $0[-2] = .bytes([1, 0, 0, 0, 1])
    },
    .init(testDescription: "RSA with a padded e", algorithm: -257, reason: .keyExponentRefused) {
      $0[-2] = .bytes([0, 1, 0, 1])
    },
    .init(testDescription: "RSA with a huge e", algorithm: -257, reason: .keyExponentRefused) {
      $0[-2] = .bytes([UInt8](repeating: 0xff, count: 256))
    },
    .init(testDescription: "RSA with 1024 bits", algorithm: -257, reason: .keyModulusRefused) {
      $0[-1] = .bytes([UInt8](repeating: 0xff, count: 128))
    },
    .init(testDescription: "RSA with 2047 bits", algorithm: -257, reason: .keyModulusRefused) {
      $0[-1] = .bytes([0x7f] + [UInt8](repeating: 0xff, count: 255))
    },
    .init(testDescription: "RSA with 8192 bits", algorithm: -257, reason: .keyModulusRefused) {
      $0[-1] = .bytes([UInt8](repeating: 0xff, count: 1024))
    },
    .init(testDescription: "RSA with an even modulus", algorithm: -257, reason: .keyModulusRefused) {
      $0[-1] = .bytes([UInt8](repeating: 0xfe, count: 256))
    },
    .init(testDescription: "RSA with a padded modulus", algorithm: -257, reason: .keyModulusRefused) {
      $0[-1] = .bytes([0] + [UInt8](repeating: 0xff, count: 256))
    },

    .init(testDescription: "algorithm 0", reason: .algorithmNotOffered) { $0[3] = .int(0) },
    .init(testDescription: "HMAC as algorithm", reason: .algorithmNotOffered) { $0[3] = .int(5) },
    .init(testDescription: "RS1", algorithm: -257, reason: .algorithmNotOffered) { $0[3] = .int(-65535) },
    .init(testDescription: "PS256", algorithm: -257, reason: .algorithmNotOffered) { $0[3] = .int(-37) },
    .init(testDescription: "Ed448 by its own number", algorithm: -8, reason: .algorithmNotOffered) {
      $0[3] = .int(-53)
    },
  ]

  @Test("row 20: a wrong key is refused at registration", arguments: spoils)
  func refused(_ spoil: Spoil) {
    #expect(throws: spoil.reason) {
      try Bench.register(algorithm: spoil.algorithm) {
        if var key = $0.authenticatorData.attestedCredential?.key {
          spoil.change(&key)
          $0.authenticatorData.attestedCredential?.key = key
        }
      }
    }
  }

  @Test("row 20: a known algorithm that was not offered this time is refused")
  func notOffered() {
    #expect(throws: Refusal.algorithmNotOffered) {
      try Bench.register(expecting: { $0.algorithms = [.es384, .eddsa] })
    }
  }

  @Test("row 20: at sign-in a key whose algorithm is not the stored one is refused")
  func algorithmChanged() {
    #expect(throws: Refusal.algorithmChanged) {
      try Bench.authenticate(stored: { record in
        var record = record
        record.algorithm = .rs256
        return record
      })
    }
    #expect(throws: Refusal.algorithmChanged) {
      try Bench.authenticate(stored: { record in
        var record = record
        record.publicKey = try SoftKey.make(-8).cose().encoded
        return record
      })
    }
  }

  @Test("a key whose members stand in another order is accepted, and stored as it came")
  func order() throws {
    var encoded: [UInt8] = []
    let credential = try Bench.register {
      guard case .map(let entries)? = $0.authenticatorData.attestedCredential?.key else { return }
      let key = SoftCBOR.map(entries.reversed())
      encoded = key.encoded
      $0.authenticatorData.attestedCredential?.key = key
    }
    #expect(credential.publicKey == encoded)
  }

  @Test("Ed25519's own keys are usable, and the examples of RFC 8032 are")
  func edwards() throws {
    let examples = [
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
    ]
    for example in examples {
      try Bench.register(algorithm: -8) { $0.authenticatorData.attestedCredential?.key[-2] = .bytes(hex(example)) }
    }
    for _ in 0..<200 {
      try Bench.register(algorithm: -8)
    }
  }
}
