/// Base64 with the URL-safe alphabet and without padding (RFC 4648 §5, RFC 7515 §2), strict: one spelling for each byte
/// string.
public enum Base64URL {
  private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

  /// The value of each byte, 0xFF for those not in the alphabet.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for value in 0..<64 { table[Int(alphabet.utf8Start[value])] = UInt8(value) }
    return table
  }()

  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    bytes.withBytes { source in
      String(unsafeUninitializedCapacity: length(of: source.count)) { write(source, to: $0) }
    }
  }

  /// The same as bytes, for signing, which needs no String in between.
  public static func encodedBytes(_ bytes: some Collection<UInt8>) -> [UInt8] {
    bytes.withBytes { source in
      [UInt8](unsafeUninitializedCapacity: length(of: source.count)) { $1 = write(source, to: $0) }
    }
  }

  /// Nil for anything but the canonical spelling: padding, the other alphabet, white space, a length that no byte
  /// string has, or leftover bits that are not zero (two spellings of one value would be two tokens with one
  /// signature).
  public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
    text.withBytes { source in
      guard source.count % 4 != 1 else { return nil }
      var isValid = true
      let output = [UInt8](unsafeUninitializedCapacity: source.count * 3 / 4) { buffer, count in
        isValid = read(source, to: buffer, count: &count)
      }
      return isValid ? output : nil
    }
  }

  public static func decode(_ text: String) -> [UInt8]? { decode(text.utf8) }

  /// Whether a byte is a character of the alphabet.
  public static func contains(_ byte: UInt8) -> Bool { values[Int(byte)] != 0xFF }

  private static func length(of bytes: Int) -> Int { (bytes * 4 + 2) / 3 }

  private static func write(_ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let alphabet = alphabet.utf8Start
    var (pending, bits, count): (UInt32, UInt32, Int) = (0, 0, 0)
    for byte in source {
      pending = pending << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        target[count] = alphabet[Int(pending >> bits & 0x3F)]
        count += 1
      }
    }
    if bits > 0 {
      target[count] = alphabet[Int(pending << (6 - bits) & 0x3F)]
      count += 1
    }
    return count
  }

  private static func read(
    _ source: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<UInt8>, count: inout Int
  ) -> Bool {
    let values = values
    var (pending, bits): (UInt32, UInt32) = (0, 0)
    for letter in source {
      let value = values[Int(letter)]
      guard value != 0xFF else { return false }
      pending = pending << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        target[count] = UInt8(truncatingIfNeeded: pending >> bits)
        count += 1
      }
    }
    return pending & (1 << bits - 1) == 0
  }
}
