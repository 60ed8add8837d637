/// The Distinguished Encoding Rules (X.690 §10 and §11), of which every value has exactly one encoding.
///
/// libcrypto reads BER and keeps parts of its input as they came, so comparing its re-encoded output with the input
/// does not reveal every deviation. This does, for the structure and the simple types.
enum DER {
  /// Identifiers of X.690 §8.1.2, of the universal class unless said otherwise.
  enum Tag {
    static let boolean: UInt8 = 0x01
    static let integer: UInt8 = 0x02
    static let bitString: UInt8 = 0x03
    static let octetString: UInt8 = 0x04
    static let null: UInt8 = 0x05
    static let objectIdentifier: UInt8 = 0x06
    static let sequence: UInt8 = 0x30
    static let set: UInt8 = 0x31
  }

  /// How deep containers nest. A certificate has six: itself, what is signed, a name, its part, an attribute.
  static let depth = 16

  /// Whether the bytes are one element in strict DER and nothing else.
  static func isOneElement(_ bytes: [UInt8]) -> Bool {
    var reader = DERReader(bytes[...])
    guard let element = reader.next(), reader.isAtEnd else { return false }
    return isStrict(element, depth: 0)
  }

  private static func isStrict(_ element: DERReader.Element, depth: Int) -> Bool {
    guard depth < Self.depth else { return false }
    let isConstructed = element.tag & 0x20 != 0
    // In the universal class, only sequences and sets are constructed (X.690 §8.9.1, §8.11.1, §10.2). The other classes
    // are a schema's own.
    guard element.tag & 0xc0 != 0 || isConstructed == [Tag.sequence, Tag.set].contains(element.tag | 0x20) else {
      return false
    }
    guard isConstructed else { return isStrict(element.tag, element.content) }
    var reader = DERReader(element.content)
    var previous: ArraySlice<UInt8>?
    while !reader.isAtEnd {
      guard let member = reader.next(), isStrict(member, depth: depth + 1) else { return false }
      // X.690 §11.6: a set's members ascend. Those that X.509 and PKCS#8 have are all SET OF.
      if element.tag == Tag.set, let previous, member.encoded.lexicographicallyPrecedes(previous) { return false }
      previous = member.encoded
    }
    return true
  }

  private static func isStrict(_ tag: UInt8, _ content: ArraySlice<UInt8>) -> Bool {
    switch tag {
    // End-of-contents, which only indefinite lengths need.
    case 0: false
    // X.690 §11.1.
    case Tag.boolean: content.elementsEqual([0x00]) || content.elementsEqual([0xff])
    case Tag.integer: isShortest(content)
    case Tag.bitString: isStrictBitString(content)
    case Tag.null: content.isEmpty
    case Tag.objectIdentifier: isIdentifier(content)
    default: true
    }
  }

  /// X.690 §8.3.2: the first nine bits are not all the same.
  private static func isShortest(_ integer: ArraySlice<UInt8>) -> Bool {
    guard let first = integer.first else { return false }
    guard let second = integer.dropFirst().first else { return true }
    return !(first == 0x00 && second < 0x80 || first == 0xff && second >= 0x80)
  }

  /// X.690 §8.6.2 and §11.2.1: the count of unused bits, and those are zero.
  private static func isStrictBitString(_ content: ArraySlice<UInt8>) -> Bool {
    guard let unused = content.first, unused < 8 else { return false }
    guard let last = content.dropFirst().last else { return unused == 0 }
    return last & (1 << unused - 1) == 0
  }

  /// X.690 §8.19.2: each number in as few bytes as possible, and the last one complete.
  private static func isIdentifier(_ content: ArraySlice<UInt8>) -> Bool {
    guard let last = content.last, last < 0x80 else { return false }
    var starts = true
    for byte in content {
      if starts, byte == 0x80 { return false }
      starts = byte < 0x80
    }
    return true
  }
}
