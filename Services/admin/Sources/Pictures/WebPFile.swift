/// WebP (RFC 9649): a RIFF container with one picture, lossy (RFC 6386) or lossless.
enum WebPFile {
  static func outline(_ bytes: [UInt8]) throws(PictureRefusal) -> ImageOutline {
    var scanner = ByteScanner(bytes)
    _ = try scanner.take(4)
    let declared = try scanner.little32()
    guard declared >= 4, declared <= bytes.count - 8 else { throw .damaged }
    let end = 8 + declared
    _ = try scanner.take(4)
    var essence: [UInt8] = []
    var canvas: (width: Int, height: Int)?
    var orientation = Orientation.upright
    var picture: (width: Int, height: Int)?
    for _ in 0..<PictureLimits.parts where scanner.position < end {
      let type = Array(try scanner.take(4))
      let length = try scanner.little32()
      guard length <= end - scanner.position else { throw .damaged }
      let content = try scanner.take(length)
      if length % 2 == 1, scanner.position < end { _ = try scanner.byte() }
      switch String(decoding: type, as: UTF8.self) {
      case "VP8X":
        guard canvas == nil, picture == nil else { throw .damaged }
        let (size, header) = try extended(content)
        canvas = size
        essence += chunk(type, header)
      case "VP8 ":
        guard picture == nil else { throw .damaged }
        picture = try lossy(content)
        essence += chunk(type, content)
      case "VP8L":
        guard picture == nil else { throw .damaged }
        picture = try lossless(content)
        essence += chunk(type, content)
      case "ALPH": essence += chunk(type, content)
      // An animation has no single picture to take.
      case "ANIM", "ANMF": throw .format
      case "EXIF":
        let prefix = Array("Exif\0\0".utf8)
        orientation = Orientation(tiff: content.starts(with: prefix) ? content.dropFirst(6) : content)
      default: continue
      }
    }
    guard let picture, canvas.map({ $0 == picture }) ?? true else { throw .damaged }
    let length = essence.count + 4
    let head = Array("RIFF".utf8) + little32(length) + Array("WEBP".utf8)
    return try ImageOutline(
      format: .webp, width: picture.width, height: picture.height, orientation: orientation, essence: head + essence)
  }

  /// §2.7.1: flags, three reserved bytes, and the canvas's sides minus one in 24 bits each.
  private static func extended(
    _ content: ArraySlice<UInt8>
  ) throws(PictureRefusal) -> ((width: Int, height: Int), [UInt8]) {
    var header = Array(content)
    guard header.count == 10 else { throw .damaged }
    guard header[0] & 0x02 == 0 else { throw .format }
    // Only transparency is left to announce.
    header[0] &= 0x10
    func side(_ at: Int) -> Int { 1 + (Int(header[at]) | Int(header[at + 1]) << 8 | Int(header[at + 2]) << 16) }
    return ((side(4), side(7)), header)
  }

  /// RFC 6386 §9.1: a key frame's tag, start code, and sides in 14 bits each.
  private static func lossy(_ content: ArraySlice<UInt8>) throws(PictureRefusal) -> (width: Int, height: Int) {
    var frame = ByteScanner(Array(content.prefix(10)))
    guard try frame.take(3).first.map({ $0 & 1 == 0 }) == true else { throw .damaged }
    guard try frame.take(3).elementsEqual([0x9D, 0x01, 0x2A]) else { throw .damaged }
    return (try frame.little16() & 0x3FFF, try frame.little16() & 0x3FFF)
  }

  /// RFC 9649 §3.4: a signature, then the sides minus one in 14 bits each.
  private static func lossless(_ content: ArraySlice<UInt8>) throws(PictureRefusal) -> (width: Int, height: Int) {
    var frame = ByteScanner(Array(content.prefix(5)))
    guard try frame.byte() == 0x2F else { throw .damaged }
    let bits = try frame.little32()
    return (1 + bits & 0x3FFF, 1 + bits >> 14 & 0x3FFF)
  }

  private static func chunk(_ type: [UInt8], _ content: some Collection<UInt8>) -> [UInt8] {
    type + little32(content.count) + content + (content.count % 2 == 1 ? [0] : [])
  }

  private static func little32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> ($0 * 8) & 0xFF) } }
}
