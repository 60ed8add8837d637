/// Base64url without padding (RFC 4648 §5, RFC 7515 §2), strict: one spelling for each byte string.
package enum Base64URL {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The value of each byte, 0xFF for what is not in the alphabet.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: encodedBytes(bytes), as: UTF8.self)
  }

  /// The same as bytes, for the signing path, which never needs a String in between.
  package static func encodedBytes(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity((bytes.count * 4 + 2) / 3)
    var pending: UInt32 = 0
    var bits = 0
    for byte in bytes {
      pending = (pending << 8) | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        output.append(alphabet[Int((pending >> UInt32(bits)) & 0x3F)])
      }
      pending &= (1 << UInt32(bits)) - 1
    }
    if bits > 0 { output.append(alphabet[Int((pending << UInt32(6 - bits)) & 0x3F)]) }
    return output
  }

  /// Nil for anything but the canonical spelling: padding, the other alphabet, white space, a length that no byte
  /// string has, or leftover bits that are not zero (two spellings of one value would be two tokens with one signature).
  package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard text.count % 4 != 1 else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(text.count * 3 / 4)
    var pending: UInt32 = 0
    var bits = 0
    for byte in text {
      let value = values[Int(byte)]
      guard value != 0xFF else { return nil }
      pending = (pending << 6) | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        output.append(UInt8((pending >> UInt32(bits)) & 0xFF))
        pending &= (1 << UInt32(bits)) - 1
      }
    }
    return pending == 0 ? output : nil
  }

  package static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }
}
