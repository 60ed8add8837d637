import Crypto
import TestKit
import Testing
import WebAuthn

@Suite("Signatures")
struct SignatureTests {
  @Test("every offered algorithm registers and signs in", arguments: Algorithm.offered)
  func everyAlgorithm(_ algorithm: Algorithm) throws {
    for attestation in [SoftRegistration.Attestation.none, .selfSigned] {
      let credential = try Bench.register(algorithm: algorithm.rawValue) { $0.attestation = attestation }
      #expect(credential.algorithm == algorithm)
    }
    #expect(try Bench.authenticate(algorithm: algorithm.rawValue).userVerified)
  }

  @Test("row 19: a flipped bit is refused", arguments: Algorithm.offered)
  func flipped(_ algorithm: Algorithm) {
    #expect(throws: Refusal.signatureInvalid) {
      try Bench.authenticate(algorithm: algorithm.rawValue) { $0.alterSignature = { $0[$0.count - 1] ^= 1 } }
    }
  }

  @Test("row 19: a signature over other data is refused", arguments: Algorithm.offered)
  func otherData(_ algorithm: Algorithm) {
    #expect(throws: Refusal.signatureInvalid) {
      try Bench.authenticate(algorithm: algorithm.rawValue) {
        $0.sentClientData = $0.clientData.bytes.replacing("{", with: "{ ")
      }
    }
  }

  @Test("row 19: another key's signature is refused", arguments: Algorithm.offered)
  func otherKey(_ algorithm: Algorithm) {
    guard algorithm != .rs256 else { return }  // One RSA key serves the whole run.
    #expect(throws: Refusal.signatureInvalid) {
      try Bench.authenticate(algorithm: algorithm.rawValue) { $0.key = try SoftKey.make(algorithm.rawValue) }
    }
  }

  @Test("row 19: an empty signature is refused", arguments: Algorithm.offered)
  func empty(_ algorithm: Algorithm) {
    let reason: Refusal = [.eddsa, .rs256].contains(algorithm) ? .signatureInvalid : .signatureMalformed
    #expect(throws: reason) {
      try Bench.authenticate(algorithm: algorithm.rawValue) { $0.alterSignature = { $0 = [] } }
    }
  }

  static let malformed: [(name: String, alter: @Sendable (inout [UInt8]) -> Void)] = [
    ("raw r and s", { $0 = raw($0) }),
    ("a trailing byte", { $0.append(0) }),
    (
      "a trailing byte within the sequence",
      {
        $0[1] += 1; $0.append(0)
      }
    ),
    ("BER's long form of a short length", { $0 = [0x30, 0x81] + $0[1...] }),
    ("BER's indefinite length", { $0 = [0x30, 0x80] + $0[2...] + [0, 0] }),
    ("an integer with a needless zero", { $0 = [0x30, $0[1] + 1, 0x02, $0[3] + 1, 0x00] + $0[4...] }),
    ("a set instead of a sequence", { $0[0] = 0x31 }),
    ("a negative r", { $0 = [0x30, 0x06, 0x02, 0x01, 0xff, 0x02, 0x01, 0x01] }),
  ]

  @Test("row 19: an ECDSA signature that is not strict DER is refused", arguments: malformed.indices)
  func notDER(_ index: Int) {
    let alter = Self.malformed[index].alter
    #expect(throws: Refusal.signatureMalformed, "\(Self.malformed[index].name)") {
      try Bench.authenticate { $0.alterSignature = alter }
    }
  }

  @Test("row 19: r or s of zero is refused")
  func zero() {
    for zeros in [[0x30, 6, 2, 1, 0, 2, 1, 1], [0x30, 6, 2, 1, 1, 2, 1, 0], [0x30, 6, 2, 1, 0, 2, 1, 0]] as [[UInt8]] {
      #expect(throws: Refusal.signatureInvalid) { try Bench.authenticate { $0.alterSignature = { $0 = zeros } } }
    }
  }

  @Test("row 19: a high s is accepted, since no standard asks authenticators for a low one")
  func highS() throws {
    // Both of s and n − s verify; one of them is the high one.
    try Bench.authenticate { $0.alterSignature = { $0 = negated($0) } }
    try Bench.authenticate()
  }

  @Test("row 19: a signature above 1 KiB is refused before anything is computed")
  func huge() {
    #expect(throws: Refusal.responseTooLarge) {
      try Bench.authenticate { $0.alterSignature = { $0 += [UInt8](repeating: 0, count: 2000) } }
    }
  }
}

private func raw(_ der: [UInt8]) -> [UInt8] {
  (try? P256.Signing.ECDSASignature(derRepresentation: der)).map { Array($0.rawRepresentation) } ?? []
}

/// The same signature with n − s for s.
private func negated(_ der: [UInt8]) -> [UInt8] {
  let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
  let both = raw(der)
  var s = Array(both[32...])
  var borrow = 0
  for index in (0..<32).reversed() {
    let difference = Int(order[index]) - Int(s[index]) - borrow
    s[index] = UInt8(truncatingIfNeeded: difference)
    borrow = difference < 0 ? 1 : 0
  }
  let signature = try? P256.Signing.ECDSASignature(rawRepresentation: both[..<32] + s)
  return signature.map { Array($0.derRepresentation) } ?? []
}
