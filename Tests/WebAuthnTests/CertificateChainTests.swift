import Foundation
import TestKit
import Testing
import WebAuthn

/// Chains whose certificates are well formed and well signed, and wrong in what they say.
@Suite("Certificate chains")
struct CertificateChainTests {
  /// Root, an authority below it, and a leaf, of which one is changed before it is signed.
  private struct Maker {
    var rootKey: SoftKey
    var middleKey: SoftKey
    var root: SoftCertificate
    var middle: SoftCertificate
    var leaf: SoftChain.Leaf

    init() throws {
      rootKey = try SoftKey.make(-7)
      middleKey = try SoftKey.make(-7)
      leaf = SoftChain.Leaf(validAround: Bench.now)
      func authority(_ name: String, _ key: SoftKey, _ leaf: SoftChain.Leaf) -> SoftCertificate {
        var made = SoftCertificate(
          issuer: SoftCertificate.authority("Root"), subject: SoftCertificate.authority(name),
          publicKey: SoftCertificate.publicKey(of: key), notBefore: leaf.notBefore, notAfter: leaf.notAfter)
        made.extensions = [SoftCertificate.basicConstraints(authority: true), SoftCertificate.signsCertificates]
        return made
      }
      root = authority("Root", rootKey, leaf)
      middle = authority("Intermediate", middleKey, leaf)
    }

    /// - Parameter sign: what signs the authority in the middle, if not the root's key.
    func register(sign: (([UInt8]) throws -> [UInt8])? = nil) throws -> AttestationType {
      // A leaf as SoftChain makes it, signed anew by the authority in the middle.
      let key = try SoftKey.make(-7)
      var certificate = SoftCertificate(
        issuer: middle.subject, subject: SoftCertificate.attestationSubject,
        publicKey: SoftCertificate.publicKey(of: key), notBefore: leaf.notBefore, notAfter: leaf.notAfter)
      certificate.extensions = [SoftCertificate.basicConstraints(authority: false)]
      let rootDER = try root.der(signedBy: rootKey)
      let middleDER = try sign.map { try middle.der(sign: $0) } ?? middle.der(signedBy: rootKey)
      var chain = try SoftChain.issue(leaf)
      chain.leafKey = key
      chain.x5c = [try certificate.der(signedBy: middleKey), middleDER]
      let anchors = try TrustAnchors(der: [rootDER])
      return try Bench.register(expecting: { $0.anchors = anchors }) { $0.attestation = .certified(chain) }
        .attestationType
    }
  }

  @Test("row 29: a path is as long as its authorities allow, and no longer")
  func pathLength() throws {
    var maker = try Maker()
    #expect(try maker.register() == .trusted)
    maker.root.extensions[0] = SoftCertificate.basicConstraints(authority: true, pathLength: 1)
    maker.middle.extensions[0] = SoftCertificate.basicConstraints(authority: true, pathLength: 0)
    #expect(try maker.register() == .trusted)
    maker.root.extensions[0] = SoftCertificate.basicConstraints(authority: true, pathLength: 0)
    #expect(throws: Refusal.attestationNotTrusted) { try maker.register() }
  }

  @Test("row 29: an authority whose key usage lacks keyCertSign signs nothing; one without key usage is free")
  func keyUsage() throws {
    var maker = try Maker()
    maker.middle.extensions[1] = SoftCertificate.ext([2, 5, 29, 15], critical: true, SoftDER.bits([0x80], unused: 7))
    #expect(throws: Refusal.certificateChainBroken) { try maker.register() }
    maker.middle.extensions.removeLast()
    #expect(try maker.register() == .trusted)
    maker.middle.extensions.append(SoftCertificate.ext([2, 5, 29, 15], critical: true, SoftDER.null))
    #expect(throws: Refusal.certificateMalformed) { try maker.register() }
  }

  @Test("row 29: an authority of version 1 signs nothing")
  func version() throws {
    var maker = try Maker()
    maker.middle.version = 1
    #expect(throws: Refusal.certificateChainBroken) { try maker.register() }
  }

  @Test("row 29: an authority signed with SHA-1 is in no sound chain")
  func sha1() throws {
    var maker = try Maker()
    let sha1 = SoftDER.sequence(SoftDER.oid([1, 2, 840, 113549, 1, 1, 5]), SoftDER.null)
    maker.middle.innerAlgorithm = sha1
    maker.middle.outerAlgorithm = sha1
    #expect(throws: Refusal.attestationNotTrusted) {
      try maker.register { _ in [UInt8](repeating: 1, count: 256) }
    }
  }

  @Test("row 29: an attestation certificate's RSA key has 2,048 to 4,096 bits")
  func keySize() throws {
    for (bytes, reason) in [(128, Refusal.certificateMalformed), (513, .keyModulusRefused), (640, .keyModulusRefused)] {
      var chain = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now))
      let key = SoftCertificate.rsa(modulus: [UInt8](repeating: 0xff, count: bytes), exponent: [1, 0, 1])
      var certificate = SoftCertificate(
        issuer: SoftCertificate.authority("Root"), subject: SoftCertificate.attestationSubject, publicKey: key,
        notBefore: Bench.now, notAfter: Bench.now)
      certificate.extensions = [SoftCertificate.basicConstraints(authority: false)]
      chain.x5c = [try certificate.der(signedBy: try SoftKey.make(-7))]
      #expect(throws: reason, "\(bytes)") {
        try Bench.register {
          $0.attestation = .certified(chain)
          $0.alterStatement = { $0["alg"] = .int(-257) }
        }
      }
    }
  }
}
