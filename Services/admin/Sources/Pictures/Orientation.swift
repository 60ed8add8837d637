/// How a stored picture has to be turned to stand upright: tag 0x0112 of EXIF 2.32 §4.6.4, whose value is the raw
/// value.
enum Orientation: Int, Sendable {
  case upright = 1
  case mirrored, upsideDown, upsideDownMirrored, transposed, turnedClockwise, transversed, turnedBack

  /// Whether the upright picture has the stored one's width and height swapped.
  var swapsSides: Bool { rawValue >= 5 }

  /// - Parameter tiff: a TIFF header and what follows (EXIF without its `Exif\0\0`). A tag that cannot be read means
  ///   upright: the tag is a courtesy of the camera, not a reason to refuse a picture.
  init(tiff: ArraySlice<UInt8>) {
    self = Self.read(Array(tiff)).flatMap(Orientation.init(rawValue:)) ?? .upright
  }

  private static func read(_ bytes: [UInt8]) -> Int? {
    let big = bytes.starts(with: [0x4D, 0x4D, 0, 42])
    guard big || bytes.starts(with: [0x49, 0x49, 42, 0]) else { return nil }
    func number(_ at: Int, _ count: Int) -> Int? {
      guard at >= 0, at + count <= bytes.count else { return nil }
      let digits = bytes[at..<at + count]
      return (big ? Array(digits) : digits.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, 4), let entries = number(directory, 2) else { return nil }
    for index in 0..<entries {
      let entry = directory + 2 + index * 12
      guard let tag = number(entry, 2) else { return nil }
      // Type 3 is SHORT; its value stands in the first two of the entry's last four bytes.
      if tag == 0x0112 { return number(entry + 2, 2) == 3 ? number(entry + 8, 2) : nil }
    }
    return nil
  }

  /// Where a pixel of the upright picture lies in the stored one.
  /// - Parameters:
  ///   - width: of the stored picture, in pixels, like `height`.
  func stored(x: Int, y: Int, width: Int, height: Int) -> (x: Int, y: Int) {
    switch self {
    case .upright: (x, y)
    case .mirrored: (width - 1 - x, y)
    case .upsideDown: (width - 1 - x, height - 1 - y)
    case .upsideDownMirrored: (x, height - 1 - y)
    case .transposed: (y, x)
    case .turnedClockwise: (y, height - 1 - x)
    case .transversed: (width - 1 - y, height - 1 - x)
    case .turnedBack: (width - 1 - y, x)
    }
  }
}
