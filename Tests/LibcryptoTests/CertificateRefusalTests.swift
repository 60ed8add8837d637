import Foundation
import Libcrypto
import TestKit
import Testing

@Suite("Certificates that are refused")
struct CertificateRefusalTests {
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let reason: CertificateFailure?
    let change: @Sendable (inout SoftCertificate) throws -> Void

    init(
      _ name: String, _ reason: CertificateFailure? = .malformed,
      _ change: @escaping @Sendable (inout SoftCertificate) throws -> Void
    ) {
      testDescription = name
      self.reason = reason
      self.change = change
    }
  }

  private static let otherAlgorithm = SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 3, 3]))
  private static let ecKey = SoftDER.oid([1, 2, 840, 10045, 2, 1])
  private static let p256 = SoftDER.oid([1, 2, 840, 10045, 3, 1, 7])

  private static func ext(_ content: [UInt8]...) -> [UInt8] { SoftDER.element(0x30, content.flatMap { $0 }) }

  static let structures: [Change] = [
    .init("nothing changed", nil) { _ in },
    .init("version 1", nil) {
      $0.version = 1
      $0.extensions = []
    },
    .init("version 2", nil) { $0.version = 2 },
    .init("version 4") { $0.version = 4 },
    .init("version 1, written although it is the default") {
      $0.versionElement = SoftDER.element(0xa0, SoftDER.integer(0))
    },
    .init("a negative version") { $0.versionElement = SoftDER.element(0xa0, [0x02, 0x01, 0xff]) },
    .init("a serial number with a zero too many") { $0.serial = [0x02, 0x02, 0x00, 0x01] },
    .init("an empty serial number") { $0.serial = [0x02, 0x00] },
    .init("a negative serial number") { $0.serial = [0x02, 0x01, 0xff] },
    .init("an element after the extensions") { $0.tail = SoftDER.null },
    .init("an extension twice") { $0.extensions.append($0.extensions[0]) },
    .init("an extension twice, with other values") {
      $0.extensions.append(SoftCertificate.basicConstraints(authority: false))
    },
    .init("not critical, written although it is the default") {
      $0.extensions = [ext(SoftDER.oid([2, 5, 29, 19]), [0x01, 0x01, 0x00], SoftDER.octets([0x30, 0x00]))]
    },
    .init("critical, by another byte than DER's") {
      $0.extensions = [ext(SoftDER.oid([2, 5, 29, 19]), [0x01, 0x01, 0x01], SoftDER.octets([0x30, 0x00]))]
    },
    .init("an extension without value") { $0.extensions = [ext(SoftDER.oid([2, 5, 29, 19]))] },
    .init("an extension whose name is cut off") {
      $0.extensions = [ext([0x06, 0x02, 0x55, 0x9d], SoftDER.octets([]))]
    },
    .init("an extension whose name has a padded number") {
      $0.extensions = [ext([0x06, 0x03, 0x55, 0x80, 0x1d], SoftDER.octets([]))]
    },
    .init("another algorithm in what is signed") { $0.innerAlgorithm = otherAlgorithm },
    .init("another algorithm beside the signature") { $0.outerAlgorithm = otherAlgorithm },
    .init("a length in a name with a byte too many") {
      $0.subject = [0x30, 0x81, UInt8($0.subject.count - 2)] + $0.subject.dropFirst(2)
    },
    .init("an indefinite length in a name") { $0.subject = [0x30, 0x80] + $0.subject.dropFirst(2) + [0, 0] },
    .init("attributes of one part of a name in the wrong order") {
      let (one, other) = ([2, 5, 4, 3], [2, 5, 4, 10])
      let part = [other, one].map { SoftDER.sequence(SoftDER.oid($0), SoftDER.utf8("a")) }
      $0.subject = SoftDER.sequence(SoftDER.set(part[0], part[1]))
    },
    .init("attributes of one part of a name in the right order", nil) {
      let (one, other) = ([2, 5, 4, 3], [2, 5, 4, 10])
      let part = [one, other].map { SoftDER.sequence(SoftDER.oid($0), SoftDER.utf8("a")) }
      $0.subject = SoftDER.sequence(SoftDER.set(part[0], part[1]))
    },
    .init("a text that is not the UTF-8 that it says it is") {
      $0.subject = SoftCertificate.name([([2, 5, 4, 3], SoftDER.element(0x0c, [0xff]))])
    },
    .init("a part of a name that calls itself primitive") { $0.subject[2] = 0x11 },
    .init("a name that calls itself primitive") { $0.subject[0] = 0x10 },
    .init("a number for a text") { $0.subject = SoftCertificate.name([([2, 5, 4, 3], SoftDER.integer(1))]) },
    .init("a text in pieces") {
      $0.subject = SoftCertificate.name([([2, 5, 4, 3], SoftDER.element(0x2c, SoftDER.utf8("a")))])
    },
    .init("a name in an identifier of two bytes") {
      $0.subject = SoftCertificate.name([([2, 5, 4, 3], [0x1f, 0x81, 0x01, 0x01, 0x61])])
    },
  ]

  @Test("by structure, well signed", arguments: structures)
  func structure(_ change: Change) throws {
    var made = try certificate()
    try change.change(&made)
    #expect(refusal(of: try made.der(signedBy: signer())) == change.reason)
  }

  static let keys: [Change] = [
    .init("an unknown kind of key", .unsupported) {
      $0.publicKey = SoftDER.sequence(
        SoftDER.sequence(SoftDER.oid([1, 3, 101, 113])), SoftDER.bits(.init(repeating: 1, count: 57)))
    },
    .init("an unknown curve", .unsupported) {
      $0.publicKey = SoftDER.sequence(
        SoftDER.sequence(ecKey, SoftDER.oid([1, 3, 132, 0, 10])), SoftDER.bits(.init(repeating: 4, count: 65)))
    },
    .init("a point off its curve") {
      $0.publicKey = SoftDER.sequence(
        SoftDER.sequence(ecKey, p256), SoftDER.bits([4] + .init(repeating: 1, count: 64)))
    },
    .init("a compressed point") {
      $0.publicKey = SoftDER.sequence(
        SoftDER.sequence(ecKey, p256), SoftDER.bits([2] + $0.publicKey.suffix(64).prefix(32)))
    },
    .init("a point that is too short") {
      $0.publicKey = SoftDER.sequence(SoftDER.sequence(ecKey, p256), SoftDER.bits($0.publicKey.suffix(65).dropLast()))
    },
    .init("bits of a point that are unused") {
      $0.publicKey = SoftDER.sequence(SoftDER.sequence(ecKey, p256), SoftDER.bits($0.publicKey.suffix(65), unused: 1))
    },
    .init("Ed25519 with 31 bytes") {
      $0.publicKey = SoftDER.sequence(
        SoftDER.sequence(SoftDER.oid([1, 3, 101, 112])), SoftDER.bits(.init(repeating: 1, count: 31)))
    },
    .init("Ed25519 with parameters", .unsupported) {
      $0.publicKey = SoftDER.sequence(
        SoftDER.sequence(SoftDER.oid([1, 3, 101, 112]), SoftDER.null), SoftDER.bits(.init(repeating: 1, count: 32)))
    },
    .init("RSA with 1024 bits") {
      $0.publicKey = SoftCertificate.rsa(modulus: .init(repeating: 0xff, count: 128), exponent: [1, 0, 1])
    },
    .init("RSA with an even modulus") {
      $0.publicKey = SoftCertificate.rsa(modulus: .init(repeating: 0xfe, count: 256), exponent: [1, 0, 1])
    },
    .init("RSA with the exponent 3") {
      $0.publicKey = SoftCertificate.rsa(modulus: .init(repeating: 0xff, count: 256), exponent: [3])
    },
    .init("RSA with a third number") {
      let key = SoftDER.sequence(
        SoftDER.integer(.init(repeating: 0xff, count: 256)), SoftDER.integer([1, 0, 1]), SoftDER.integer(1))
      $0.publicKey = SoftDER.sequence(
        SoftDER.sequence(SoftDER.oid([1, 2, 840, 113549, 1, 1, 1]), SoftDER.null), SoftDER.bits(key))
    },
  ]

  @Test("by public key", arguments: keys)
  func publicKey(_ change: Change) throws {
    var made = try certificate()
    try change.change(&made)
    #expect(refusal(of: try made.der(signedBy: signer())) == change.reason)
  }

  @Test(
    "by a signature's algorithm that is not known",
    arguments: [
      SoftDER.sequence(SoftDER.oid([1, 2, 840, 113549, 1, 1, 4]), SoftDER.null),
      SoftDER.sequence(SoftDER.oid([1, 2, 840, 113549, 1, 1, 10])),
      SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 1])),
      SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 3, 2]), SoftDER.null),
      SoftDER.sequence(SoftDER.oid([1, 2, 3])),
    ])
  func algorithm(_ algorithm: [UInt8]) throws {
    #expect(refusal(of: try certificate().der(algorithm: algorithm) { _ in [0x30, 0x00] }) == .unsupported)
  }

  @Test(
    "by an ECDSA signature that is not one",
    arguments: [
      [], [0x30, 0x00], [0x30, 0x03, 0x02, 0x01, 0x01], [1, 2, 3],
      SoftDER.sequence(SoftDER.integer(1), [0x02, 0x01, 0xff]),
      SoftDER.sequence([0x02, 0x01, 0x80], SoftDER.integer(1)),
      SoftDER.sequence(SoftDER.integer(1), [0x02, 0x02, 0x00, 0x01]),
    ])
  func signature(_ signature: [UInt8]) throws {
    let algorithm = SoftDER.sequence(SoftDER.oid([1, 2, 840, 10045, 4, 3, 2]))
    #expect(refusal(of: try certificate().der(algorithm: algorithm) { _ in signature }) == .malformed)
  }

  @Test(
    "by a time that RFC 5280 does not allow",
    arguments: [
      "231114221320+0000", "2311142213Z", "231114221320", "231314221320Z", "230230000000Z", "231114241320Z",
      "23111422132aZ", "", "Z",
    ])
  func utcTime(_ text: String) throws {
    var made = try certificate()
    made.validity = SoftDER.sequence(SoftDER.element(0x17, Array(text.utf8)), SoftDER.time(made.notAfter))
    #expect(refusal(of: try made.der(signedBy: signer())) == .malformed)
    made.validity = SoftDER.sequence(SoftDER.time(made.notBefore), SoftDER.element(0x18, Array("20\(text)".utf8)))
    #expect(refusal(of: try made.der(signedBy: signer())) == .malformed)
  }

  @Test("by a time with a fraction, or of another type")
  func otherTimes() throws {
    var made = try certificate()
    for time in [
      SoftDER.element(0x18, Array("20231114221320.5Z".utf8)), SoftDER.integer(1), SoftDER.utf8("231114221320Z"),
    ] {
      made.validity = SoftDER.sequence(time, SoftDER.time(made.notAfter))
      #expect(refusal(of: try made.der(signedBy: signer())) == .malformed)
    }
  }

  @Test("by constraints that are not well said")
  func constraints() throws {
    func read(_ value: [UInt8]) throws -> BasicConstraints? {
      var made = try certificate()
      made.extensions = [SoftCertificate.ext([2, 5, 29, 19], critical: true, value)]
      let der = try made.der(signedBy: signer())
      return try leavingNoErrors { try Certificate(der: der).basicConstraints() }
    }
    #expect(try read([0x30, 0x00]) == .noAuthority)
    #expect(try read(SoftDER.sequence(SoftDER.yes)) == .authority(pathLength: nil))
    #expect(try read(SoftDER.sequence(SoftDER.yes, SoftDER.integer([1, 0]))) == .authority(pathLength: 256))
    // A path length says nothing of what is no authority.
    #expect(try read(SoftDER.sequence(SoftDER.integer(1))) == .noAuthority)
    for wrong: [UInt8] in [
      [], SoftDER.null, SoftDER.sequence([0x01, 0x01, 0x00]), SoftDER.sequence([0x01, 0x01, 0x01]),
      SoftDER.sequence(SoftDER.yes, [0x02, 0x01, 0xff]), SoftDER.sequence(SoftDER.yes, [0x02, 0x00]),
      SoftDER.sequence(SoftDER.yes, SoftDER.integer([1, 0, 0, 0, 0])), SoftDER.sequence(SoftDER.yes, SoftDER.null),
      SoftDER.sequence(SoftDER.yes) + [0], SoftDER.sequence(SoftDER.integer(1), SoftDER.yes), [0x30, 0x80, 0, 0],
    ] {
      #expect(throws: CertificateFailure.malformed, "\(wrong)") { try read(wrong) }
    }
  }

  @Test("by a key usage that is not well said")
  func keyUsage() throws {
    func read(_ value: [UInt8]) throws -> Bool? {
      var made = try certificate()
      made.extensions = [SoftCertificate.ext([2, 5, 29, 15], critical: true, value)]
      let der = try made.der(signedBy: signer())
      return try leavingNoErrors { try Certificate(der: der).mayUseKeyToSignCertificates() }
    }
    #expect(try read(SoftDER.bits([0x04], unused: 2)) == true)
    #expect(try read(SoftDER.bits([0x06], unused: 1)) == true)
    #expect(try read(SoftDER.bits([0x04, 0x80], unused: 7)) == true)
    #expect(try read(SoftDER.bits([0x80], unused: 7)) == false)
    #expect(try read(SoftDER.bits([])) == false)
    for wrong: [UInt8] in [
      [], SoftDER.null, SoftDER.bits([0x04], unused: 1), SoftDER.bits([0x04], unused: 3), SoftDER.bits([], unused: 1),
      SoftDER.bits([0x04, 0x40], unused: 6), SoftDER.bits([0x04, 0, 0x80], unused: 7),
      SoftDER.bits([0x04], unused: 2) + [0],
      SoftDER.bits([0x00], unused: 0), [0x03, 0x00],
    ] {
      #expect(throws: CertificateFailure.malformed, "\(wrong)") { try read(wrong) }
    }
  }

  static let known = [
    Vectors.p384Authority, Vectors.rsaAuthority, Vectors.ed25519Certificate, Vectors.sha1Authority,
  ]

  @Test("by another spelling of a good one, and what is none", arguments: known)
  func spelling(_ der: [UInt8]) {
    #expect(refusal(of: der) == nil)
    #expect(refusal(of: der + [0]) == .malformed)
    #expect(refusal(of: der + der) == .malformed)
    #expect(refusal(of: [0] + der) == .malformed)
    #expect(refusal(of: indefinite(der)) == .malformed)
    #expect(refusal(of: longLength(der)) == .malformed)
    for beginning in beginnings(of: der) { #expect(refusal(of: beginning) == .malformed) }
  }

  @Test("by size, and by depth")
  func size() {
    #expect(refusal(of: [UInt8](repeating: 0x30, count: Certificate.longest + 1)) == .tooLarge)
    #expect(refusal(of: [UInt8](repeating: 0x30, count: Certificate.longest)) == .malformed)
    let deep = (0..<10_000).reduce([UInt8]()) { inner, _ in inner.count > 60_000 ? inner : SoftDER.sequence(inner) }
    #expect(refusal(of: deep) == .malformed)
    #expect(refusal(of: []) == .malformed)
    #expect(refusal(of: Vectors.pkcs1Key) == .malformed)
    #expect(refusal(of: Vectors.publicKey) == .malformed)
  }

  @Test("any one bit changed: refused, or not signed", arguments: known)
  func flipped(_ der: [UInt8]) throws {
    let issuer = try Certificate(der: der)
    for flipped in flips(of: der) {
      leavingNoErrors {
        guard let read = try? Certificate(der: flipped) else { return }
        #expect(!read.isSigned(by: issuer) && read != issuer)
        _ = (try? read.basicConstraints(), try? read.mayUseKeyToSignCertificates())
        _ = read.isSigned(by: read)
      }
    }
  }

  @Test("noise: refused, or not signed", arguments: known)
  func noise(_ der: [UInt8]) throws {
    let issuer = try Certificate(der: der)
    var noise = SplitMix(seed: 1)
    for _ in 0..<20_000 {
      let mutated = noise.mutated(der)
      guard mutated != der else { continue }
      leavingNoErrors {
        guard let read = try? Certificate(der: mutated) else { return }
        #expect(!read.isSigned(by: issuer))
        _ = (try? read.basicConstraints(), try? read.mayUseKeyToSignCertificates())
      }
    }
  }
}
