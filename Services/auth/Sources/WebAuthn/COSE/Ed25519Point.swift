/// Whether 32 bytes are an Ed25519 public key (RFC 8032 §5.1.3) that can stand for a user.
///
/// The crypto library checks a key only when it verifies with it; a registration without attestation would store
/// anything. Nothing here is secret, so nothing needs to run in constant time.
enum Ed25519Point {
  /// False for bytes that encode no point, encode one non-canonically, or encode one of the eight points of small
  /// order, with which a signature verifies for almost any message.
  static func isUsable(_ encoded: [UInt8]) -> Bool {
    guard encoded.count == 32 else { return false }
    var bytes = encoded
    bytes[31] &= 0x7f
    let y = Field(littleEndian: bytes)
    // RFC 8032 §5.1.3 step 1: y has to be below the prime.
    guard y.canonicalBytes == bytes, !smallOrder.contains(bytes) else { return false }
    // Step 2: x² = (y² − 1) / (d·y² + 1). Instead of dividing: u/v is a square exactly when u·v is (v is never zero).
    let square = y * y
    let u = square - .one
    let v = .d * square + .one
    return (u * v).isSquare
  }

  /// The y coordinates of the points of order 1, 2, 4 and 8, little-endian, without the sign of x.
  private static let smallOrder: Set<[UInt8]> = [
    [1] + [UInt8](repeating: 0, count: 31),
    [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
    [UInt8](repeating: 0, count: 32),
    [
      0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
      0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
      0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
      0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
  ]
}

/// The integers modulo p = 2²⁵⁵ − 19, as sixteen limbs of 16 bits, least significant first.
private struct Field {
  private var limbs: [UInt64]

  static let one = Field(littleEndian: [1])
  /// The curve's constant d = −121665/121666 (RFC 8032 §5.1).
  static let d = Field(littleEndian: [
    0xa3, 0x78, 0x59, 0x13, 0xca, 0x4d, 0xeb, 0x75, 0xab, 0xd8, 0x41, 0x41, 0x4d, 0x0a, 0x70, 0x00,
    0x98, 0xe8, 0x79, 0x77, 0x79, 0x40, 0xc7, 0x8c, 0x73, 0xfe, 0x6f, 0x2b, 0xee, 0x6c, 0x03, 0x52,
  ])
  private static let prime: [UInt64] = [0xffed] + [UInt64](repeating: 0xffff, count: 14) + [0x7fff]

  init(littleEndian bytes: [UInt8]) {
    limbs = (0..<16).map { index in
      let low = index * 2 < bytes.count ? UInt64(bytes[index * 2]) : 0
      let high = index * 2 + 1 < bytes.count ? UInt64(bytes[index * 2 + 1]) : 0
      return low | high << 8
    }
  }

  /// Sums of products, brought back to limbs of 16 bits; overflow at the top returns 38-fold, since 2²⁵⁶ = 38 (mod p).
  private init(carrying sums: [UInt64]) {
    limbs = sums
    for _ in 0..<3 {
      var carry: UInt64 = 0
      for index in 0..<16 {
        let value = limbs[index] + carry
        limbs[index] = value & 0xffff
        carry = value >> 16
      }
      limbs[0] += carry * 38
    }
  }

  static func * (a: Field, b: Field) -> Field {
    var sums = [UInt64](repeating: 0, count: 32)
    for i in 0..<16 {
      for j in 0..<16 { sums[i + j] += a.limbs[i] * b.limbs[j] }
    }
    return Field(carrying: (0..<16).map { sums[$0] + 38 * sums[$0 + 16] })
  }

  static func + (a: Field, b: Field) -> Field {
    Field(carrying: (0..<16).map { a.limbs[$0] + b.limbs[$0] })
  }

  static func - (a: Field, b: Field) -> Field {
    // 4p in limbs that no limb of b can exceed keeps every difference from going below zero.
    Field(carrying: (0..<16).map { a.limbs[$0] + 4 * prime[$0] - b.limbs[$0] })
  }

  /// The one representative below p, in 32 bytes, least significant first.
  var canonicalBytes: [UInt8] {
    var value = Field(carrying: limbs).limbs
    for _ in 0..<2 {
      var difference = [UInt64](repeating: 0, count: 16)
      var borrow: UInt64 = 0
      for index in 0..<16 {
        let term = value[index] + 0x10000 - Self.prime[index] - borrow
        difference[index] = term & 0xffff
        borrow = 1 - term >> 16
      }
      if borrow == 0 { value = difference }
    }
    return value.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
  }

  /// Euler's criterion: a^((p−1)/2) is 0 or 1 for squares. The exponent is 2²⁵⁴ − 10.
  var isSquare: Bool {
    var power = self
    // 2²⁵⁴ − 10 has 254 bits, all ones but bits 0 and 3 (…11110110).
    for bit in (0..<253).reversed() {
      power = power * power
      if bit != 0 && bit != 3 { power = power * self }
    }
    let result = power.canonicalBytes
    return result == Field.one.canonicalBytes || result.allSatisfy { $0 == 0 }
  }
}
