internal import CLibcrypto

/// A libcrypto number, which may be secret: it is wiped when it is freed.
struct BigNumber: ~Copyable {
  let pointer: OpaquePointer

  /// - Parameter pointer: a `BIGNUM` that this value owns and frees.
  init(owning pointer: OpaquePointer) {
    self.pointer = pointer
  }

  /// - Parameter bytes: big-endian.
  init?(_ bytes: [UInt8]) {
    guard let pointer = BN_bin2bn(bytes, CInt(bytes.count), nil) else { return nil }
    self.init(owning: pointer)
  }

  deinit { BN_clear_free(pointer) }

  /// Big-endian, without leading zeros.
  var bytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (Int(BN_num_bits(pointer)) + 7) / 8)
    _ = BN_bn2bin(pointer, &bytes)
    return bytes
  }
}
