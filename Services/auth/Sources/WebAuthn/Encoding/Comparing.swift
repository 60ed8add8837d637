/// Whether two byte strings are the same, in a time that depends on their lengths alone: a challenge must not be
/// guessable byte by byte.
func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  var difference: UInt8 = 0
  for index in a.indices { difference |= a[index] ^ b[index] }
  return difference == 0
}

extension String {
  /// Whether two texts have the same bytes. Swift's `==` also unites canonically equivalent spellings (U+212A KELVIN
  /// SIGN equals "K"), which must not happen to an origin, an object's key or a format's name.
  func isExactly(_ other: String) -> Bool {
    utf8.elementsEqual(other.utf8)
  }
}
