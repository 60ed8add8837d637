import Foundation
import TestKit
import Testing
import WebAuthn

@Suite("Attestation")
struct AttestationTests {
  @Test("row 28: a statement beside the format none is refused")
  func noneWithStatement() {
    #expect(throws: Refusal.attestationStatementNotEmpty) {
      try Bench.register { $0.alterStatement = { $0["sig"] = .bytes([1]) } }
    }
    #expect(throws: Refusal.attestationStatementNotEmpty) {
      try Bench.register { $0.alterStatement = { $0["x5c"] = .array([]) } }
    }
  }

  @Test("row 30: self attestation verifies with the credential's key and algorithm")
  func selfAttestation() throws {
    #expect(try Bench.register { $0.attestation = .selfSigned }.attestationType == .selfAttestation)
    #expect(throws: Refusal.attestationAlgorithmMismatch) {
      try Bench.register {
        $0.attestation = .selfSigned
        $0.alterStatement = { $0["alg"] = .int(-35) }
      }
    }
    #expect(throws: Refusal.attestationSignatureInvalid) {
      try Bench.register {
        $0.attestation = .selfSigned
        $0.signer = try SoftKey.make(-7)
      }
    }
    #expect(throws: Refusal.attestationSignatureInvalid) {
      try Bench.register {
        $0.attestation = .selfSigned
        $0.alterStatement = { $0["sig"] = .bytes([]) }
      }
    }
  }

  @Test("row 30: ECDAA is refused")
  func ecdaa() {
    #expect(throws: Refusal.attestationECDAAUnsupported) {
      try Bench.register {
        $0.attestation = .selfSigned
        $0.alterStatement = { $0["ecdaaKeyId"] = .bytes([1]) }
      }
    }
  }

  @Test("row 30: a packed statement whose members are missing, wrong or unknown is refused")
  func statement() {
    let changes: [@Sendable (inout SoftCBOR) -> Void] = [
      { $0["alg"] = nil }, { $0["sig"] = nil }, { $0["alg"] = .text("ES256") }, { $0["sig"] = .text("x") },
      { $0["ver"] = .text("2.0") }, { $0["x5c"] = .bytes([1]) }, { $0["x5c"] = .array([.text("x")]) },
    ]
    for change in changes {
      #expect(throws: Refusal.attestationStatementInvalid) {
        try Bench.register {
          $0.attestation = .selfSigned
          $0.alterStatement = change
        }
      }
    }
  }

  @Test(
    "row 36: an unknown or differently spelt format is refused",
    arguments: [
      "FIDO-U2F", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "compound", "None", "PACKED", "",
      "none ", "nonee",
    ])
  func format(_ name: String) {
    #expect(throws: Refusal.attestationFormatUnsupported) {
      try Bench.register { $0.alterObject = { $0["fmt"] = .text(name) } }
    }
  }

  @Test(
    "row 29: a certified attestation leads to its anchor, through an intermediate or not", arguments: Algorithm.offered)
  func certified(_ algorithm: Algorithm) throws {
    for intermediate in [false, true] {
      var leaf = SoftChain.Leaf(validAround: Bench.now)
      leaf.algorithm = algorithm.rawValue
      leaf.aaguid = Bench.aaguid
      let chain = try SoftChain.issue(leaf, intermediate: intermediate)
      let anchors = try TrustAnchors(der: [chain.root])
      let trusted = try Bench.register(expecting: { $0.anchors = anchors }) { $0.attestation = .certified(chain) }
      #expect(trusted.attestationType == .trusted)
      #expect(trusted.attestationFormat == .packed)
      #expect(try Bench.register { $0.attestation = .certified(chain) }.attestationType == .certified)
    }
  }

  @Test("row 29: an attestation certificate may itself be the anchor")
  func leafAsAnchor() throws {
    let chain = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now))
    let anchors = try TrustAnchors(der: chain.x5c)
    let credential = try Bench.register(expecting: { $0.anchors = anchors }) { $0.attestation = .certified(chain) }
    #expect(credential.attestationType == .trusted)
  }

  struct Spoil: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let reason: Refusal
    let change: @Sendable (inout SoftChain.Leaf) -> Void
  }

  static let leaves: [Spoil] = [
    .init(testDescription: "version 1", reason: .certificateNotVersion3) { $0.version3 = false },
    .init(testDescription: "an authority", reason: .certificateIsAuthority) { $0.authority = true },
    .init(testDescription: "no basic constraints", reason: .certificateExtensionRefused) { $0.authority = nil },
    .init(testDescription: "another unit", reason: .certificateSubjectInvalid) { $0.unit = "Authenticator" },
    .init(testDescription: "a unit in capitals", reason: .certificateSubjectInvalid) {
      $0.unit = "AUTHENTICATOR ATTESTATION"
    },
    .init(testDescription: "no unit", reason: .certificateSubjectInvalid) { $0.unit = nil },
    .init(testDescription: "no country", reason: .certificateSubjectInvalid) { $0.country = nil },
    .init(testDescription: "a country outside ISO 3166", reason: .certificateSubjectInvalid) { $0.country = "BX" },
    .init(testDescription: "a country's name", reason: .certificateSubjectInvalid) { $0.country = "Sweden" },
    .init(testDescription: "a country in small letters", reason: .certificateSubjectInvalid) { $0.country = "se" },
    .init(testDescription: "no organisation", reason: .certificateSubjectInvalid) { $0.organization = nil },
    .init(testDescription: "an empty organisation", reason: .certificateSubjectInvalid) { $0.organization = "" },
    .init(testDescription: "no common name", reason: .certificateSubjectInvalid) { $0.commonName = nil },
    .init(testDescription: "another model", reason: .certificateModelMismatch) {
      $0.aaguid = [UInt8](repeating: 1, count: 16)
    },
    .init(testDescription: "a model of 8 bytes", reason: .certificateModelMismatch) {
      $0.aaguid = [UInt8](repeating: 1, count: 8)
    },
    .init(testDescription: "a critical model", reason: .certificateExtensionRefused) {
      $0.aaguid = Bench.aaguid
      $0.aaguidCritical = true
    },
    .init(testDescription: "an unknown critical extension", reason: .certificateExtensionRefused) {
      $0.unknownCritical = true
    },
    .init(testDescription: "expired", reason: .certificateExpired) {
      $0.notAfter = Bench.now.addingTimeInterval(-1)
    },
    .init(testDescription: "not valid yet", reason: .certificateExpired) {
      $0.notBefore = Bench.now.addingTimeInterval(1)
    },
  ]

  @Test("row 29: an attestation certificate that breaks §8.2.1 is refused", arguments: leaves)
  func leaf(_ spoil: Spoil) throws {
    var leaf = SoftChain.Leaf(validAround: Bench.now)
    spoil.change(&leaf)
    let chain = try SoftChain.issue(leaf)
    let anchors = try TrustAnchors(der: [chain.root])
    // With anchors and without: soundness is not a matter of trust.
    #expect(throws: spoil.reason) {
      try Bench.register(expecting: { $0.anchors = anchors }) { $0.attestation = .certified(chain) }
    }
    #expect(throws: spoil.reason) { try Bench.register { $0.attestation = .certified(chain) } }
  }

  @Test("row 29: a statement signed by the credential's key instead of the certificate's is refused")
  func wrongSigner() throws {
    let chain = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now))
    #expect(throws: Refusal.attestationSignatureInvalid) {
      try Bench.register {
        $0.attestation = .certified(chain)
        $0.signer = $0.key
      }
    }
  }

  @Test("row 29: a statement's algorithm that is not the certificate key's is refused", arguments: [-35, -8, -257, 0])
  func wrongAlgorithm(_ algorithm: Int) throws {
    let chain = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now))
    #expect(throws: Refusal.attestationAlgorithmMismatch) {
      try Bench.register {
        $0.attestation = .certified(chain)
        $0.alterStatement = { $0["alg"] = .int(algorithm) }
      }
    }
  }

  @Test("row 29: an empty chain, and one that is too long, are refused")
  func chainLength() throws {
    var chain = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now))
    let leaf = chain.x5c
    chain.x5c = []
    #expect(throws: Refusal.attestationStatementInvalid) { try Bench.register { $0.attestation = .certified(chain) } }
    chain.x5c = (0..<7).flatMap { _ in leaf }
    #expect(throws: Refusal.attestationStatementInvalid) { try Bench.register { $0.attestation = .certified(chain) } }
  }

  @Test("row 29: a chain in the wrong order, with strangers or with its root is refused")
  func chainOrder() throws {
    let good = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now), intermediate: true)
    var reversed = good
    reversed.x5c.reverse()
    // The first certificate's key did not sign.
    #expect(throws: Refusal.attestationSignatureInvalid) {
      try Bench.register { $0.attestation = .certified(reversed) }
    }
    var stranger = good
    let other = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now), intermediate: true)
    stranger.x5c[1] = other.x5c[1]
    #expect(throws: Refusal.certificateChainBroken) { try Bench.register { $0.attestation = .certified(stranger) } }
    var rooted = good
    rooted.x5c.append(good.root)
    #expect(throws: Refusal.certificateChainHasRoot) { try Bench.register { $0.attestation = .certified(rooted) } }
    var twice = good
    twice.x5c.append(good.x5c[1])
    #expect(throws: Refusal.certificateChainBroken) { try Bench.register { $0.attestation = .certified(twice) } }
    var garbage = good
    garbage.x5c[0] = [0x30, 0x00]
    #expect(throws: Refusal.certificateMalformed) { try Bench.register { $0.attestation = .certified(garbage) } }
  }

  @Test("row 29: an issuer that is no authority is refused")
  func issuerIsNoAuthority() throws {
    let chain = try SoftChain.issue(
      SoftChain.Leaf(validAround: Bench.now), intermediate: true, intermediateIsAuthority: false)
    #expect(throws: Refusal.certificateChainBroken) { try Bench.register { $0.attestation = .certified(chain) } }
  }

  @Test("row 29: with anchors, a chain that reaches none of them is refused")
  func notTrusted() throws {
    let chain = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now), intermediate: true)
    let other = try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now))
    let anchors = try TrustAnchors(der: [other.root])
    #expect(throws: Refusal.attestationNotTrusted) {
      try Bench.register(expecting: { $0.anchors = anchors }) { $0.attestation = .certified(chain) }
    }
    #expect(throws: Refusal.certificateMalformed) { try TrustAnchors(der: [[1, 2, 3]]) }
  }

  @Test("anchors do not concern a passkey without attestation")
  func anchorsWithoutAttestation() throws {
    let anchors = try TrustAnchors(der: [try SoftChain.issue(SoftChain.Leaf(validAround: Bench.now)).root])
    #expect(try Bench.register(expecting: { $0.anchors = anchors }).attestationType == .none)
  }
}
