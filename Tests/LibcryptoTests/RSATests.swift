import CLibcrypto
import Libcrypto
import Testing

@Suite("RSA")
struct RSATests {
  private let message = Vectors.message
  private let key = Result { try RSAPrivateKey(der: Vectors.pkcs1Key) }

  @Test("the openssl command's signatures verify, and the same one is made")
  func known() throws {
    let key = try key.get()
    #expect(try key.signature(for: message, .pkcs1) == Vectors.pkcs1Signature)
    #expect(key.publicKey.accepts(Vectors.pkcs1Signature, for: message, .pkcs1))
    #expect(key.publicKey.accepts(Vectors.pssSignature, for: message, .pss))
    let own = try key.signature(for: message, .pss)
    #expect(own.count == 256 && key.publicKey.accepts(own, for: message, .pss))
    // The salt is random.
    #expect(try own != key.signature(for: message, .pss))
  }

  @Test("a signature of other parameters, of another message or padding, or of another length is refused")
  func otherParameters() throws {
    let key = try key.get().publicKey
    for signature in [Vectors.shortSaltSignature, Vectors.otherMaskSignature, Vectors.pkcs1Signature, []] {
      #expect(leavingNoErrors { !key.accepts(signature, for: message, .pss) })
    }
    for signature in [Vectors.sha512Signature, Vectors.pssSignature, []] {
      #expect(leavingNoErrors { !key.accepts(signature, for: message, .pkcs1) })
    }
    for (signature, padding) in [(Vectors.pkcs1Signature, RSAPadding.pkcs1), (Vectors.pssSignature, .pss)] {
      #expect(leavingNoErrors { !key.accepts(signature, for: message + [0], padding) })
      #expect(leavingNoErrors { !key.accepts([0] + signature, for: message, padding) })
      #expect(leavingNoErrors { !key.accepts(signature + [0], for: message, padding) })
      #expect(leavingNoErrors { !key.accepts(Array(signature.dropFirst()), for: message, padding) })
    }
  }

  @Test("keys that swift-crypto wrote are read, and written the same")
  func kept() throws {
    let key = try RSAPrivateKey(der: Vectors.boringKey)
    #expect(key.der == Vectors.boringKey)
    #expect(try key.signature(for: message, .pkcs1) == Vectors.boringPKCS1Signature)
    #expect(key.publicKey.accepts(Vectors.boringPSSSignature, for: message, .pss))
  }

  @Test("PKCS#8 is read, and written as PKCS#1")
  func forms() throws {
    let key = try key.get()
    let other = try RSAPrivateKey(der: Vectors.pkcs8Key)
    #expect(key.der == Vectors.pkcs1Key && other.der == Vectors.pkcs1Key)
    #expect(key.publicKey == other.publicKey && key.publicKey.hashValue == other.publicKey.hashValue)
  }

  @Test("modulus and exponent are big-endian without leading zeros, and make the same key")
  func numbers() throws {
    let key = try key.get().publicKey
    // SubjectPublicKeyInfo: the modulus lies between a zero and the exponent's five bytes.
    #expect(key.modulus == Array(Vectors.publicKey.dropLast(5).suffix(256)))
    #expect(key.exponent == [1, 0, 1] && key.sizeInBits == 2048)
    let again = try RSAPublicKey(modulus: key.modulus, exponent: key.exponent)
    #expect(again == key && again.accepts(Vectors.pkcs1Signature, for: message, .pkcs1))
    let other = try RSAPrivateKey(der: Vectors.boringKey).publicKey
    #expect(other != key && !other.accepts(Vectors.pkcs1Signature, for: message, .pkcs1))
  }

  @Test("a made key has the size that was asked for, and can be kept", arguments: [2048, 3072])
  func generated(_ bits: Int) throws {
    let key = try leavingNoErrors { try RSAPrivateKey.generate(bits: bits) }
    #expect(key.publicKey.sizeInBits == bits && key.publicKey.exponent == [1, 0, 1])
    let again = try RSAPrivateKey(der: key.der)
    #expect(again.der == key.der)
    #expect(key.publicKey.accepts(try again.signature(for: message, .pkcs1), for: message, .pkcs1))
  }

  @Test("an error that another caller left behind changes nothing, and is gone")
  func foreignErrors() throws {
    leaveError()
    let key = try RSAPrivateKey(der: Vectors.pkcs1Key)
    #expect(ERR_peek_error() == 0)
    leaveError()
    #expect(try key.signature(for: message, .pkcs1) == Vectors.pkcs1Signature && ERR_peek_error() == 0)
    leaveError()
    #expect(key.publicKey.accepts(Vectors.pkcs1Signature, for: message, .pkcs1) && ERR_peek_error() == 0)
    leaveError()
    let certificate = try Certificate(der: Vectors.rsaAuthority)
    #expect(ERR_peek_error() == 0)
    leaveError()
    #expect(certificate.isSigned(by: certificate) && ERR_peek_error() == 0)
  }

  @Test("one key signs and verifies on many tasks")
  func concurrency() async throws {
    let key = try key.get()
    let right = try await withThrowingTaskGroup(of: Bool.self) { group in
      for task in 0..<64 {
        group.addTask {
          let message = Vectors.message + [UInt8(task)]
          for padding in [RSAPadding.pkcs1, .pss] {
            let signature = try key.signature(for: message, padding)
            guard key.publicKey.accepts(signature, for: message, padding),
              !key.publicKey.accepts(signature, for: Vectors.message, padding)
            else { return false }
          }
          return true
        }
      }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(right == 64)
  }
}
