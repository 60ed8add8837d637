import Testing
import WebAuthn

@Suite("The specification's test vectors")
struct VectorTests {
  @Test("every vector is in one of the three lists")
  func complete() {
    let listed = Vectors.verified + Vectors.otherAlgorithm + Vectors.otherFormat
    #expect(Set(Vectors.all.vectors.map(\.name)) == Set(listed))
    #expect(Vectors.all.vectors.count == listed.count)
  }

  @Test("a vector verifies in both ceremonies", arguments: Vectors.named(Vectors.verified))
  func verifies(_ vector: Vectors.Vector) throws {
    let bench = try VectorBench(vector)
    let credential = try bench.register()
    #expect(credential.id == hex(vector.registration.credentialId))
    #expect(credential.rpID == "example.org")
    let expected: AttestationType =
      vector.name.hasPrefix("none") ? .none : vector.name.contains("self") ? .selfAttestation : .trusted
    #expect(credential.attestationType == expected)
    let assertion = try bench.authenticate(credential)
    #expect(assertion.credentialID == credential.id)
    #expect(assertion.user == VectorBench.user)
  }

  @Test("without trust anchors a certified vector is certified, not trusted")
  func untrusted() throws {
    for vector in Vectors.named(["packed-es256", "packed-rs256"]) {
      var bench = try VectorBench(vector)
      bench.anchors = .empty
      #expect(try bench.register().attestationType == .certified)
    }
  }

  @Test("Ed448 is refused as an algorithm that was not offered", arguments: Vectors.named(Vectors.otherAlgorithm))
  func otherAlgorithm(_ vector: Vectors.Vector) throws {
    let bench = try VectorBench(vector)
    #expect(throws: Refusal.algorithmNotOffered) { try bench.register() }
  }

  @Test("a format that is not supported is refused by name", arguments: Vectors.named(Vectors.otherFormat))
  func otherFormat(_ vector: Vectors.Vector) throws {
    let bench = try VectorBench(vector)
    #expect(throws: Refusal.attestationFormatUnsupported) { try bench.register() }
  }
}
