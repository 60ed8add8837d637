internal import Libcrypto

extension VerificationKey.Material {
  /// Sizes of an acceptable modulus, in bits. Smaller is broken; larger makes one verification too costly.
  static let modulusBits = 2048...4096

  /// An RSA key (RFC 8230 §4) for RS256.
  init(rsa key: COSEKey) throws(Refusal) {
    typealias Label = COSEKey.Label
    guard try key.integer(Label.keyType) == COSEKey.KeyType.rsa else { throw .keyTypeMismatch }
    try key.requireOnly(
      [Label.keyType, Label.algorithm, Label.modulus, Label.exponent], privateParts: Label.rsaPrivateParts)
    let n = try key.bytes(Label.modulus)
    let e = try key.bytes(Label.exponent)

    // RFC 8230 §4: as few bytes as possible, so no leading zero. A modulus is odd, or 2 is one of its factors.
    guard let top = n.first, top != 0, let low = n.last, low & 1 == 1,
      Self.modulusBits.contains(n.count * 8 - top.leadingZeroBitCount)
    else { throw .keyModulusRefused }

    // RFC 8230 §6.1 asks for an exponent of at least 65537; an even one cannot be inverted, and a long one
    // makes verifying slow.
    guard let first = e.first, first != 0, e.count <= 5 else { throw .keyExponentRefused }
    let exponent = e.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard exponent & 1 == 1, (65_537...4_294_967_296).contains(exponent) else { throw .keyExponentRefused }

    guard let checked = try? RSAPublicKey(modulus: n, exponent: e) else { throw .keyModulusRefused }
    self = .rsa(checked)
  }
}
