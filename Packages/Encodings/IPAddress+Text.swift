extension IPAddress {
  /// Bytes of the longest spelling: six groups and an IPv4 tail.
  private static let longest = 45

  /// Four decimal numbers without leading zeros.
  static func v4(_ text: some StringProtocol) -> UInt32? {
    text.utf8.count <= longest ? text.utf8.withBytes { v4($0[...]) } : nil
  }

  private static func v4(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
    var (address, part, parts, digits): (UInt32, UInt32, Int, Int) = (0, 0, 0, 0)
    for byte in text {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard digits == 0 || part > 0 else { return nil }
        part = part * 10 + UInt32(byte & 15)
        digits += 1
        guard part <= 255 else { return nil }
      case UInt8(ascii: "."):
        guard digits > 0, parts < 3 else { return nil }
        address = address << 8 | part
        (part, parts, digits) = (0, parts + 1, 0)
      default: return nil
      }
    }
    return parts == 3 && digits > 0 ? address << 8 | part : nil
  }

  /// Eight groups of up to four hexadecimal digits, one `::` for at least one of them, an IPv4 tail allowed. No zone.
  static func v6(_ text: some StringProtocol) -> (UInt64, UInt64)? {
    text.utf8.count <= longest ? text.utf8.withBytes { v6($0) } : nil
  }

  private static func v6(_ text: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64)? {
    var groups: [UInt16] = []
    var gap: Int?
    var position = 0
    if text.starts(with: "::".utf8) { (gap, position) = (0, 2) }
    while position < text.count {
      let start = position
      var group: UInt16 = 0
      while position < text.count, let digit = Hexadecimal.value(text[position]) {
        guard position - start < 4 else { return nil }
        group = group << 4 | UInt16(digit)
        position += 1
      }
      if position < text.count, text[position] == UInt8(ascii: ".") {
        guard let tail = v4(text[start...]) else { return nil }
        groups += [UInt16(tail >> 16), UInt16(truncatingIfNeeded: tail)]
        break
      }
      guard position > start else { return nil }
      groups.append(group)
      if position == text.count { break }
      guard text[position] == UInt8(ascii: ":"), position + 1 < text.count else { return nil }
      position += 1
      if text[position] == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = groups.count
        position += 1
      }
    }
    guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
    groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap ?? 8)
    func half(_ groups: ArraySlice<UInt16>) -> UInt64 { groups.reduce(0) { $0 << 16 | UInt64($1) } }
    return (half(groups[..<4]), half(groups[4...]))
  }
}

extension IPAddress: CustomStringConvertible {
  /// The usual text form (RFC 5952 for IPv6).
  public var description: String {
    switch self {
    case .v4(let number): Self.text(number)
    case .v6(let high, let low): Self.text(high, low)
    }
  }

  private static func text(_ address: UInt32) -> String {
    "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }

  private static func text(_ high: UInt64, _ low: UInt64) -> String {
    // RFC 5952 §5: an address known to embed an IPv4 address shows it.
    if high == 0, low >> 32 == 0, low >> 16 != 0 { return "::" + text(UInt32(truncatingIfNeeded: low)) }
    let groups = [high, low].flatMap { half in [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> $0) } }
    let gap = longestZeros(groups)
    func joined(_ groups: ArraySlice<UInt16>) -> String { groups.map { String($0, radix: 16) }.joined(separator: ":") }
    if gap.isEmpty { return joined(groups[...]) }
    return joined(groups[..<gap.lowerBound]) + "::" + joined(groups[gap.upperBound...])
  }

  /// The first of the longest runs of zeros, if it has two groups at least (RFC 5952 §4.2.2, §4.2.3).
  private static func longestZeros(_ groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
      if group != 0 {
        start = index + 1
      } else if index + 1 - start > max(longest.count, 1) {
        longest = start..<index + 1
      }
    }
    return longest
  }
}
