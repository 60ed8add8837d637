/// Percent-encoding (RFC 3986 §2.1), read strictly: a stray `%`, a bare control character or bytes that are not UTF-8
/// are an error and never a guess.
public enum Percent {
  /// Why a text was refused.
  public enum Problem: Error, Sendable, Hashable {
    case malformedEscape
    case invalidUTF8
    /// A bare one, or NUL however it is spelled.
    case controlCharacter
  }

  /// RFC 3986 §2.3: what never needs an escape.
  public static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }

  /// Escapes everything but unreserved characters. A space becomes `%20`, which form decoders and URI decoders both
  /// read.
  public static func encode(_ text: String) -> String { encode(text, keeping: isUnreserved) }

  /// Escapes every byte except those for which `isKept` is true.
  public static func encode(_ text: String, keeping isKept: (UInt8) -> Bool) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(text.utf8.count)
    append(text, to: &output, keeping: isKept)
    return String(decoding: output, as: UTF8.self)
  }

  static func append(_ text: String, to output: inout [UInt8], keeping isKept: (UInt8) -> Bool = isUnreserved) {
    for byte in text.utf8 {
      if isKept(byte) {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "%"))
        output.append(Hexadecimal.capitalDigit(byte >> 4))
        output.append(Hexadecimal.capitalDigit(byte & 15))
      }
    }
  }

  /// Decodes a text. NUL is refused however it is spelled: PostgreSQL has none in text. Other escaped control
  /// characters (line breaks are legitimate in some values) are left to the caller.
  ///
  /// - Parameter plusIsSpace: in forms and queries, but not in paths.
  public static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = false) throws(Problem) -> String {
    try bytes.withBytes { decoded($0, plusIsSpace: plusIsSpace) }.get()
  }

  private static func decoded(
    _ source: UnsafeBufferPointer<UInt8>, plusIsSpace: Bool
  ) -> Result<String, Problem> {
    var output: [UInt8] = []
    output.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      let byte = source[index]
      index += 1
      switch byte {
      case UInt8(ascii: "%"):
        guard index + 1 < source.count, let high = Hexadecimal.value(source[index]),
          let low = Hexadecimal.value(source[index + 1])
        else { return .failure(.malformedEscape) }
        guard high | low != 0 else { return .failure(.controlCharacter) }
        output.append(high << 4 | low)
        index += 2
      case UInt8(ascii: "+") where plusIsSpace: output.append(UInt8(ascii: " "))
      case 0x00..<0x20, 0x7F: return .failure(.controlCharacter)
      default: output.append(byte)
      }
    }
    return String(validating: output, as: UTF8.self).map { .success($0) } ?? .failure(.invalidUTF8)
  }
}
