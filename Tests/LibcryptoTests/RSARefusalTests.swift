import Libcrypto
import Testing
import TestKit

@Suite("RSA keys that are refused")
struct RSARefusalTests {
  private func refusal(modulus: [UInt8], _ exponent: [UInt8] = [1, 0, 1]) -> RSAFailure? {
    leavingNoErrors {
      do throws(RSAFailure) {
        _ = try RSAPublicKey(modulus: modulus, exponent: exponent)
        return nil
      } catch {
        return error
      }
    }
  }

  private func refusal(_ der: [UInt8]) -> RSAFailure? {
    leavingNoErrors {
      do throws(RSAFailure) {
        _ = try RSAPrivateKey(der: der)
        return nil
      } catch {
        return error
      }
    }
  }

  @Test("public keys: by size, modulus and exponent")
  func publicKeys() throws {
    let modulus = try RSAPrivateKey(der: Vectors.pkcs1Key).publicKey.modulus
    #expect(refusal(modulus: modulus) == nil)
    #expect(refusal(modulus: [UInt8](repeating: 0xff, count: 128)) == .size)
    #expect(refusal(modulus: [0x7f] + modulus.dropFirst()) == .size)
    #expect(refusal(modulus: [UInt8](repeating: 0xff, count: 2048)) == nil)
    #expect(refusal(modulus: [1] + [UInt8](repeating: 0xff, count: 2048)) == .size)
    #expect(refusal(modulus: modulus.dropLast() + [0xfe]) == .modulus)
    #expect(refusal(modulus: [0] + modulus) == .malformed)
    #expect(refusal(modulus: []) == .malformed)
    for exponent: [UInt8] in [[1], [3], [17], [0xff, 0xff], [1, 0, 0], [1, 0, 2], [1, 0, 0, 0, 1]] {
      #expect(refusal(modulus: modulus, exponent) == .exponent, "\(exponent)")
    }
    #expect(refusal(modulus: modulus, [UInt8](repeating: 0xff, count: 256)) == .exponent)
    #expect(refusal(modulus: modulus, [0xff, 0xff, 0xff, 0xff]) == nil)
    #expect(refusal(modulus: modulus, [0, 1, 0, 1]) == .malformed)
    #expect(refusal(modulus: modulus, []) == .malformed)
  }

  @Test("private keys: of another kind, size or exponent")
  func privateKeys() {
    #expect(refusal(Vectors.shortKey) == .size)
    #expect(refusal(Vectors.exponent3Key) == .exponent)
    #expect(refusal(Vectors.threePrimesKey) == .malformed)
    #expect(refusal(Vectors.pssKey) == .malformed)
    #expect(refusal(Vectors.p256Key) == .malformed)
    #expect(refusal(Vectors.publicKey) == .malformed)
    #expect(refusal(Vectors.rsaAuthority) == .malformed)
    for bits in [0, 1024, 2047, 16_385] {
      #expect(throws: RSAFailure.size) { try leavingNoErrors { try RSAPrivateKey.generate(bits: bits) } }
    }
  }

  @Test(
    "private keys: another spelling of a good one, and what is none", arguments: [Vectors.pkcs1Key, Vectors.pkcs8Key])
  func spelling(_ der: [UInt8]) {
    #expect(refusal(der) == nil)
    #expect(refusal(der + [0]) == .malformed)
    #expect(refusal([0] + der) == .malformed)
    #expect(refusal(indefinite(der)) == .malformed)
    #expect(refusal(longLength(der)) == .malformed)
    #expect(refusal(der + der) == .malformed)
    #expect(refusal([]) == .malformed)
    #expect(refusal([UInt8](repeating: 0x30, count: RSAPrivateKey.longest + 1)) == .malformed)
    for beginning in beginnings(of: der) { #expect(refusal(beginning) == .malformed) }
  }

  @Test("private keys: any one bit changed", arguments: [Vectors.pkcs1Key, Vectors.pkcs8Key])
  func flipped(_ der: [UInt8]) {
    for flipped in flips(of: der) { #expect(refusal(flipped) != nil) }
  }

  @Test("private keys: noise")
  func noise() {
    var noise = SplitMix(seed: 1)
    for _ in 0..<5000 {
      let der = noise.mutated(Vectors.pkcs1Key)
      if der != Vectors.pkcs1Key { #expect(refusal(der) != nil) }
    }
  }

  @Test("signatures: any one bit changed")
  func signatures() throws {
    let key = try RSAPrivateKey(der: Vectors.pkcs1Key).publicKey
    for (signature, padding) in [(Vectors.pkcs1Signature, RSAPadding.pkcs1), (Vectors.pssSignature, .pss)] {
      for flipped in flips(of: signature) {
        #expect(leavingNoErrors { !key.accepts(flipped, for: Vectors.message, padding) })
      }
    }
  }
}
