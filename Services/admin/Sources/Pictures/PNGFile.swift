/// PNG, 3rd edition (W3C): a signature and chunks.
enum PNGFile {
  /// What the pixels are made of; the rest (texts, profiles, times, EXIF, animation) is ancillary.
  private static let essential: Set<[UInt8]> = Set(["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].map { Array($0.utf8) })

  static func outline(_ bytes: [UInt8]) throws(PictureRefusal) -> ImageOutline {
    var scanner = ByteScanner(bytes)
    var essence = Array(try scanner.take(8))
    var size: (width: Int, height: Int)?
    var orientation = Orientation.upright
    var hasData = false
    for _ in 0..<PictureLimits.parts {
      let start = scanner.position
      let length = try scanner.big32()
      let type = Array(try scanner.take(4))
      let content = try scanner.take(length)
      _ = try scanner.take(4)  // the CRC, which the decoder checks
      if size == nil {
        guard type.elementsEqual("IHDR".utf8), length == 13 else { throw .damaged }
        var header = ByteScanner(Array(content))
        size = (try header.big32(), try header.big32())
      }
      if essential.contains(type) {
        essence += bytes[start..<scanner.position]
      } else if type.elementsEqual("eXIf".utf8) {
        orientation = Orientation(tiff: content)
      } else if type[0] & 0x20 == 0 {
        // An unknown critical chunk changes what the others mean (§4.7.2).
        throw .damaged
      }
      if type.elementsEqual("IDAT".utf8) { hasData = true }
      if type.elementsEqual("IEND".utf8) {
        guard let size, hasData else { throw .damaged }
        return try ImageOutline(
          format: .png, width: size.width, height: size.height, orientation: orientation, essence: essence)
      }
    }
    throw .damaged
  }
}
