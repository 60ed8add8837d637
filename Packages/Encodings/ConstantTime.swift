/// Comparison of secrets in time that depends on their lengths alone: nothing can be guessed byte by byte.
public enum ConstantTime {
  public static func equal(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    left.withBytes { left in
      right.withBytes { right in
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<left.count { difference |= left[index] ^ right[index] }
        return difference == 0
      }
    }
  }
}

extension String {
  /// Whether two texts have the same bytes. Swift's `==` also equates canonically equivalent spellings (U+212A KELVIN
  /// SIGN equals "K"), which must not happen to an origin, an object's key or a format's name.
  public func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
