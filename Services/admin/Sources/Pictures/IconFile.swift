/// An icon file (ICO): a directory of small pictures. Browsers read them and nothing here decodes them, so they are
/// kept as is if their directory is consistent.
enum IconFile {
  static func check(_ bytes: [UInt8]) throws(PictureRefusal) {
    guard bytes.count <= PictureLimits.keptAsIs else { throw .tooManyBytes }
    var scanner = ByteScanner(bytes)
    _ = try scanner.take(4)
    let count = try scanner.little16()
    guard (1...32).contains(count) else { throw .damaged }
    let directoryEnd = 6 + count * 16
    for _ in 0..<count {
      _ = try scanner.take(8)
      let length = try scanner.little32()
      let offset = try scanner.little32()
      guard offset >= directoryEnd, length >= 40, offset <= bytes.count, length <= bytes.count - offset else {
        throw .damaged
      }
      let content = Array(bytes[offset..<offset + length])
      // A PNG, or a bitmap's header (BITMAPINFOHEADER, 40 bytes long).
      guard ImageFormat(content) == .png || content.starts(with: [40, 0, 0, 0]) else { throw .damaged }
    }
  }
}
