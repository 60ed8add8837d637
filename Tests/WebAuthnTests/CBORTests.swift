import TestKit
import Testing
import WebAuthn

@Suite("CBOR")
struct CBORTests {
  static let refusals: [(bytes: String, reason: Refusal)] = [
    ("", .cborTruncated), ("0000", .cborTrailingData), ("a000", .cborTrailingData),
    ("18", .cborTruncated), ("1900", .cborTruncated), ("42ff", .cborTruncated), ("62ff", .cborTruncated),
    ("8201", .cborTruncated), ("a101", .cborTruncated),
    ("5f40ff", .cborIndefiniteLength), ("7f60ff", .cborIndefiniteLength), ("9fff", .cborIndefiniteLength),
    ("bfff", .cborIndefiniteLength), ("ff", .cborIndefiniteLength),
    ("1817", .cborNotShortest), ("190017", .cborNotShortest), ("1a0000ffff", .cborNotShortest),
    ("1b00000000ffffffff", .cborNotShortest), ("580100", .cborNotShortest), ("b80101" + "01", .cborNotShortest),
    ("a201000100", .cborDuplicateKey), ("a261610061" + "6100", .cborDuplicateKey),
    ("c000", .cborTypeUnsupported), ("d9d9f700", .cborTypeUnsupported), ("f97e00", .cborTypeUnsupported),
    ("fa7fc00000", .cborTypeUnsupported), ("fb7ff8000000000000", .cborTypeUnsupported), ("f7", .cborTypeUnsupported),
    ("e0", .cborTypeUnsupported), ("f820", .cborTypeUnsupported), ("1c", .cborTypeUnsupported),
    ("a1f500", .cborTypeUnsupported), ("a14100" + "00", .cborTypeUnsupported), ("a1a000", .cborTypeUnsupported),
    ("61ff", .cborTextNotUTF8), ("62c080", .cborTextNotUTF8),
    ("5bffffffffffffffff", .cborTruncated), ("7b7fffffffffffffff00", .cborTruncated),
    ("9bffffffffffffffff00", .cborTruncated), ("bbffffffffffffffff0000", .cborTruncated),
    ("9a7fffffff00", .cborTruncated), ("bb80000000000000010000", .cborTruncated),
  ]

  @Test("row 21: malformed, ambiguous and oversized CBOR is refused by name", arguments: refusals.indices)
  func refused(_ index: Int) {
    #expect(throws: Self.refusals[index].reason, "\(Self.refusals[index].bytes)") {
      try CBORReader.decode(hex(Self.refusals[index].bytes))
    }
  }

  @Test("row 21: depth is bounded, for arrays, maps and both", arguments: ["81", "a100", "8181", "81a100"])
  func depth(_ layer: String) {
    let bomb = hex(String(repeating: layer, count: 20_000))
    #expect(throws: Refusal.cborTooDeep) { try CBORReader.decode(bomb) }
  }

  @Test("row 21: the number of items is bounded")
  func items() {
    #expect(throws: Refusal.cborTooManyItems) {
      try CBORReader.decode(SoftCBOR.array([SoftCBOR](repeating: .int(0), count: 5000)).encoded)
    }
  }

  @Test("integers at the edges are read exactly")
  func integers() throws {
    #expect(try CBORReader.decode(hex("1bffffffffffffffff")) == .unsigned(.max))
    #expect(try CBORReader.decode(hex("3bffffffffffffffff")).integer == nil)
    #expect(try CBORReader.decode(hex("3b7fffffffffffffff")).integer == Int.min)
    #expect(try CBORReader.decode(hex("390100")).integer == -257)
    #expect(try CBORReader.decode(hex("1818")).integer == 24)
    #expect(try CBORReader.decode(hex("83f4f5f6")) == .array([.bool(false), .bool(true), .null]))
  }

  @Test("row 21: an attestation object with trailing data is refused")
  func trailing() {
    #expect(throws: Refusal.cborTrailingData) { try Bench.register { $0.tail = [0xa0] } }
  }

  @Test(
    "row 21: an attestation object whose members are missing or of another type is refused",
    arguments: ["fmt", "authData", "attStmt"])
  func members(_ name: String) {
    #expect(throws: Refusal.attestationObjectInvalid) { try Bench.register { $0.alterObject = { $0[name] = nil } } }
    #expect(throws: Refusal.attestationObjectInvalid) { try Bench.register { $0.alterObject = { $0[name] = .int(1) } } }
  }

  @Test("row 21: another order of the attestation object's members, and further ones, are accepted")
  func order() throws {
    try Bench.register {
      $0.alterObject = {
        guard case .map(let entries) = $0 else { return }
        $0 = .map(entries.reversed() + [(.text("epAtt"), .bool(false))])
      }
    }
  }

  @Test("row 21: a key named twice is refused")
  func duplicate() {
    #expect(throws: Refusal.cborDuplicateKey) {
      try Bench.register {
        $0.alterObject = {
          guard case .map(let entries) = $0 else { return }
          $0 = .map(entries + [(.text("fmt"), .text("none"))])
        }
      }
    }
  }

  @Test("row 21: a huge attestation object is refused")
  func huge() {
    #expect(throws: Refusal.responseTooLarge) {
      try Bench.register { $0.tail = [UInt8](repeating: 0, count: 70_000) }
    }
  }
}
