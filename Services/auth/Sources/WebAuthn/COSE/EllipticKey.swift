internal import Crypto

extension VerificationKey.Material {
  /// An EC2 key (RFC 9053 §7.1.1) for one of the ECDSA algorithms, each with its own curve and no other (§5.8.5).
  init(elliptic key: COSEKey, _ algorithm: Algorithm) throws(Refusal) {
    typealias Label = COSEKey.Label
    let (curve, width) =
      switch algorithm {
      case .es384: (2, 48)
      case .es512: (3, 66)
      default: (1, 32)
      }
    guard try key.integer(Label.keyType) == COSEKey.KeyType.elliptic, try key.integer(Label.curve) == curve else {
      throw .keyTypeMismatch
    }
    try key.requireOnly(
      [Label.keyType, Label.algorithm, Label.curve, Label.x, Label.y],
      privateParts: Label.ellipticPrivatePart...Label.ellipticPrivatePart)
    // §5.8.5: the compressed form, where y is a sign bit, must not be used.
    if case .bool? = key.members[Label.y] { throw .keyPointCompressed }
    let x = try key.bytes(Label.x)
    let y = try key.bytes(Label.y)
    // RFC 9053 §7.1.1: coordinates have the curve's width, leading zeros included. The point at infinity has no such
    // form, and BoringSSL refuses coordinates that are off the curve or not below the field's prime.
    guard x.count == width, y.count == width else { throw .keyPointInvalid }
    let point = [0x04] + x + y
    do {
      switch algorithm {
      case .es384: self = .p384(try P384.Signing.PublicKey(x963Representation: point))
      case .es512: self = .p521(try P521.Signing.PublicKey(x963Representation: point))
      default: self = .p256(try P256.Signing.PublicKey(x963Representation: point))
      }
    } catch {
      throw .keyPointInvalid
    }
  }

  /// An OKP key (RFC 9053 §7.2) on Ed25519, the only curve that EdDSA stands for here.
  init(octetPair key: COSEKey) throws(Refusal) {
    typealias Label = COSEKey.Label
    guard try key.integer(Label.keyType) == COSEKey.KeyType.octetPair, try key.integer(Label.curve) == 6 else {
      throw .keyTypeMismatch
    }
    try key.requireOnly(
      [Label.keyType, Label.algorithm, Label.curve, Label.x],
      privateParts: Label.ellipticPrivatePart...Label.ellipticPrivatePart)
    let x = try key.bytes(Label.x)
    guard x.count == 32, Ed25519Point.isUsable(x), let point = try? Curve25519.Signing.PublicKey(rawRepresentation: x)
    else { throw .keyPointInvalid }
    self = .ed25519(point)
  }
}
