/// IP addresses as text, in the strict spellings of RFC 3986 §3.2.2. Nothing is looked up.
enum IPAddress {
  /// Four decimal numbers without leading zeros (`010` is eight to some readers).
  static func isIPv4(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0"),
          part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return false }
        return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
      }
  }

  /// Eight groups of up to four hexadecimal digits, one `::` for at least one of them, an IPv4 tail allowed. No zone.
  static func isIPv6(_ text: String) -> Bool {
    let halves = text.split(separator: "::", omittingEmptySubsequences: false)
    guard halves.count <= 2 else { return false }
    var count = 0
    for (index, half) in halves.enumerated() where !half.isEmpty {
      let groups = half.split(separator: ":", omittingEmptySubsequences: false)
      for (position, group) in groups.enumerated() {
        let isLast = index == halves.count - 1 && position == groups.count - 1
        if isLast, isIPv4(String(group)) {
          count += 2
        } else {
          guard (1...4).contains(group.utf8.count), group.utf8.allSatisfy({ Percent.hexadecimal($0) != nil }) else {
            return false
          }
          count += 1
        }
      }
    }
    return halves.count == 2 ? count <= 7 : count == 8
  }
}
