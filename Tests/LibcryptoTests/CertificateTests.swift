import Crypto
import Foundation
import Libcrypto
import TestKit
import Testing

@Suite("Certificates")
struct CertificateTests {
  @Test("the openssl command's certificates say what was asked for")
  func known() throws {
    let read = try leavingNoErrors { try Certificate(der: Vectors.p384Authority) }
    #expect(read.version == 3 && read.subject == read.issuer && read.der == Vectors.p384Authority)
    #expect(read.subject.text(of: [2, 5, 4, 6]) == "SE")
    #expect(read.subject.text(of: [2, 5, 4, 10]) == "Known Authenticators Å")
    #expect(read.subject.text(of: [2, 5, 4, 7]) == nil)
    #expect(read.signatureAlgorithm == .ecdsaSHA384 && !read.signatureAlgorithm.usesSHA1)
    #expect(try read.basicConstraints() == .authority(pathLength: 1))
    #expect(try read.mayUseKeyToSignCertificates() == true)
    #expect(read[[2, 5, 29, 19]]?.isCritical == true && read[[2, 5, 29, 14]]?.isCritical == false)
    guard case .p384(let point) = read.publicKey else { throw Wrong.key }
    #expect(point.count == 97 && point[0] == 4)
    #expect(Vectors.p384Authority.contains(point))
  }

  @Test("validity is read to the second, in both forms")
  func validity() throws {
    let read = try Certificate(der: Vectors.p384Authority)
    // 36,500 days: from UTCTime into GeneralizedTime.
    #expect(read.notBefore == Date(timeIntervalSince1970: 1_796_033_463))
    #expect(read.notAfter == read.notBefore.addingTimeInterval(36_500 * 86_400))
    for seconds in [-631_152_000.0, 0, 2_524_607_999, 2_524_608_000, 253_402_300_799] {
      var made = try certificate()
      made.notAfter = Date(timeIntervalSince1970: seconds)
      #expect(try Certificate(der: made.der(signedBy: signer())).notAfter == made.notAfter)
    }
  }

  @Test("RSA, Ed25519 and SHA-1")
  func algorithms() throws {
    let rsa = try Certificate(der: Vectors.rsaAuthority)
    guard case .rsa(let key) = rsa.publicKey else { throw Wrong.key }
    #expect(key == (try RSAPrivateKey(der: Vectors.pkcs1Key).publicKey))
    #expect(key.accepts(Vectors.pkcs1Signature, for: Vectors.message, .pkcs1))
    let edwards = try Certificate(der: Vectors.ed25519Certificate)
    guard case .ed25519(let point) = edwards.publicKey else { throw Wrong.key }
    #expect(point.count == 32 && edwards.signatureAlgorithm == .ed25519)
    #expect(try edwards.basicConstraints() == .noAuthority)
    #expect(try edwards.mayUseKeyToSignCertificates() == nil)
    #expect(edwards[[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4]]?.value == [0x04, 0x10] + (0..<16))
    let old = try Certificate(der: Vectors.sha1Authority)
    #expect(old.signatureAlgorithm.usesSHA1 && leavingNoErrors { !old.isSigned(by: old) })
  }

  @Test("a certificate is signed by its issuer and by nobody else")
  func signed() throws {
    let all = try [Vectors.p384Authority, Vectors.rsaAuthority, Vectors.ed25519Certificate].map {
      try Certificate(der: $0)
    }
    for (place, one) in all.enumerated() {
      for (other, issuer) in all.enumerated() {
        #expect(leavingNoErrors { one.isSigned(by: issuer) } == (place == other))
      }
    }
  }

  @Test("every algorithm signs every kind of key", arguments: SoftKey.algorithms, SoftKey.algorithms)
  func pairs(_ signing: Int, _ signed: Int) throws {
    let issuerKey = try SoftKey.make(signing)
    var made = try certificate()
    made.publicKey = SoftCertificate.publicKey(of: try SoftKey.make(signed))
    let read = try leavingNoErrors { try Certificate(der: try made.der(signedBy: issuerKey)) }
    made.publicKey = SoftCertificate.publicKey(of: issuerKey)
    let issuer = try Certificate(der: try made.der(signedBy: issuerKey))
    #expect(leavingNoErrors { read.isSigned(by: issuer) })
    #expect(leavingNoErrors { issuer.isSigned(by: issuer) })
    made.publicKey = SoftCertificate.publicKey(of: try SoftKey.make(signing == -257 ? -7 : signing))
    let stranger = try Certificate(der: try made.der(signedBy: issuerKey))
    #expect(leavingNoErrors { !read.isSigned(by: stranger) })
  }

  @Test("P-256 may sign with SHA-512, and no key with another kind's algorithm")
  func crossed() throws {
    let key = try signer()
    guard case .p256(let secret) = key.secret else { throw Wrong.key }
    var made = try certificate()
    made.publicKey = SoftCertificate.publicKey(of: key)
    let issuer = try Certificate(der: try made.der(signedBy: key))
    let sha512 = SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 3, 4]))
    made.innerAlgorithm = sha512
    made.outerAlgorithm = sha512
    // Signed with SHA-256, claimed to be of SHA-512.
    #expect(leavingNoErrors { try? Certificate(der: try made.der(signedBy: key)).isSigned(by: issuer) } == false)
    let right = try made.der(sign: { Array(try secret.signature(for: SHA512.hash(data: $0)).derRepresentation) })
    #expect(try Certificate(der: right).isSigned(by: issuer))
    let rsa = SoftDER.sequence(SoftDER.oid([1, 2, 840, 113549, 1, 1, 11]), SoftDER.null)
    made.innerAlgorithm = rsa
    made.outerAlgorithm = rsa
    #expect(leavingNoErrors { try? Certificate(der: try made.der(signedBy: key)).isSigned(by: issuer) } == false)
  }

  private static let common = [2, 5, 4, 3]
  static let names: [(attributes: [([Int], [UInt8])], text: String?)] = [
    ([(common, SoftDER.utf8("é"))], "é"), ([(common, SoftDER.printable("A-1 (b)"))], "A-1 (b)"),
    ([(common, SoftDER.element(0x16, Array("a@b".utf8)))], "a@b"), ([(common, SoftDER.utf8(""))], ""),
    ([], nil), ([(common, SoftDER.utf8("a")), (common, SoftDER.utf8("a"))], nil),
    ([(common, SoftDER.printable("a@b"))], nil), ([(common, SoftDER.element(0x16, [0xe9]))], nil),
    ([(common, SoftDER.element(0x14, [0x61]))], nil), ([(common, SoftDER.element(0x1e, [0, 0x61]))], nil),
    ([(common + [1], SoftDER.utf8("a"))], nil),
  ]

  @Test("an attribute is told when it is there once, as text", arguments: names.indices)
  func attributes(_ index: Int) throws {
    var made = try certificate()
    made.subject = SoftCertificate.name(Self.names[index].attributes)
    let read = try Certificate(der: try made.der(signedBy: signer()))
    #expect(read.subject.text(of: [2, 5, 4, 3]) == Self.names[index].text)
    #expect(read.subject.der == made.subject && read.subject != read.issuer)
  }
}
