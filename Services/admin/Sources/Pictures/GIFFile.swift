/// GIF 89a: the first frame of an animation.
enum GIFFile {
  static func outline(_ bytes: [UInt8]) throws(PictureRefusal) -> ImageOutline {
    var scanner = ByteScanner(bytes)
    var head = Array(try scanner.take(13))
    head += try colours(&scanner, packed: head[10])
    var control: [UInt8] = []
    for _ in 0..<PictureLimits.parts {
      let start = scanner.position
      switch try scanner.byte() {
      case 0x21:
        let isGraphicControl = try scanner.byte() == 0xF9
        try skipBlocks(&scanner)
        if isGraphicControl { control = Array(bytes[start..<scanner.position]) }
      case 0x2C:
        var frame = ByteScanner(Array(try scanner.take(9)))
        _ = try frame.take(4)
        let size = (width: try frame.little16(), height: try frame.little16())
        // The frame becomes the whole picture, so that the decoder sees only one size.
        head.replaceSubrange(6..<10, with: bytes[start + 5..<start + 9])
        let data = scanner.position
        _ = try colours(&scanner, packed: frame.byte())
        _ = try scanner.byte()
        try skipBlocks(&scanner)
        let descriptor = [0x2C, 0, 0, 0, 0] + bytes[start + 5..<start + 10]
        return try ImageOutline(
          format: .gif, width: size.width, height: size.height, orientation: .upright,
          essence: head + control + descriptor + bytes[data..<scanner.position] + [0x3B])
      default: throw .damaged
      }
    }
    throw .damaged
  }

  /// A colour table, if the packed field announces one (§18, §20).
  private static func colours(_ scanner: inout ByteScanner, packed: UInt8) throws(PictureRefusal) -> ArraySlice<UInt8> {
    try scanner.take(packed & 0x80 == 0 ? 0 : 3 << (Int(packed & 7) + 1))
  }

  private static func skipBlocks(_ scanner: inout ByteScanner) throws(PictureRefusal) {
    while true {
      let length = Int(try scanner.byte())
      guard length > 0 else { return }
      _ = try scanner.take(length)
    }
  }
}
