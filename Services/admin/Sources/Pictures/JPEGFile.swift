/// JPEG (ITU-T T.81): markers, segments, and entropy-coded data between them.
enum JPEGFile {
  private enum Marker {
    static let startOfImage: UInt8 = 0xD8
    static let endOfImage: UInt8 = 0xD9
    static let startOfScan: UInt8 = 0xDA
    /// Baseline, extended and progressive Huffman coding; the others are not used in practice.
    static let frames: Set<UInt8> = [0xC0, 0xC1, 0xC2]
    static let unusualFrames: Set<UInt8> = [
      0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF,
    ]
    /// Huffman tables, quantisation tables, restart interval.
    static let tables: Set<UInt8> = [0xC4, 0xDB, 0xDD]
    static let exif: UInt8 = 0xE1
    /// Adobe's, which says how colours are stored.
    static let adobe: UInt8 = 0xEE
  }

  static func outline(_ bytes: [UInt8]) throws(PictureRefusal) -> ImageOutline {
    var scanner = ByteScanner(bytes)
    var essence = Array(try scanner.take(2))
    var size: (width: Int, height: Int)?
    var orientation = Orientation.upright
    var scans = 0
    for _ in 0..<PictureLimits.parts {
      let marker = try nextMarker(&scanner)
      if marker == Marker.endOfImage {
        guard let size, scans > 0 else { throw .damaged }
        guard size.width * size.height * scans <= PictureLimits.passPixels else { throw .tooManyPixels }
        return try ImageOutline(
          format: .jpeg, width: size.width, height: size.height, orientation: orientation,
          essence: essence + [0xFF, Marker.endOfImage])
      }
      guard marker != Marker.startOfImage, !Marker.unusualFrames.contains(marker) else { throw .damaged }
      let segment = try content(&scanner)
      if Marker.frames.contains(marker) {
        guard size == nil else { throw .damaged }
        size = try frame(segment)
      } else if marker == Marker.exif, segment.starts(with: Array("Exif\0\0".utf8)) {
        orientation = Orientation(tiff: segment.dropFirst(6))
      }
      guard
        Marker.frames.contains(marker) || Marker.tables.contains(marker) || marker == Marker.startOfScan
          || (marker == Marker.adobe && segment.starts(with: Array("Adobe".utf8)))
      else { continue }
      essence += [0xFF, marker, UInt8((segment.count + 2) >> 8), UInt8((segment.count + 2) & 0xFF)] + segment
      if marker == Marker.startOfScan {
        guard size != nil else { throw .damaged }
        scans += 1
        essence += try entropyCoded(&scanner)
      }
    }
    throw .damaged
  }

  /// A marker may be preceded by any number of fill bytes (§B.1.1.2).
  private static func nextMarker(_ scanner: inout ByteScanner) throws(PictureRefusal) -> UInt8 {
    guard try scanner.byte() == 0xFF else { throw .damaged }
    var marker = try scanner.byte()
    while marker == 0xFF { marker = try scanner.byte() }
    guard marker >= 0xC0, !(0xD0...0xD7).contains(marker) else { throw .damaged }
    return marker
  }

  private static func content(_ scanner: inout ByteScanner) throws(PictureRefusal) -> ArraySlice<UInt8> {
    let length = try scanner.big16()
    return try scanner.take(length - 2)
  }

  private static func frame(_ segment: ArraySlice<UInt8>) throws(PictureRefusal) -> (width: Int, height: Int) {
    var header = ByteScanner(Array(segment))
    guard try header.byte() == 8 else { throw .damaged }
    let height = try header.big16()
    let width = try header.big16()
    guard [1, 3, 4].contains(try header.byte()) else { throw .damaged }
    // Bounded here, since the size is later multiplied by the number of passes.
    guard width <= PictureLimits.side, height <= PictureLimits.side else { throw .tooManyPixels }
    return (width, height)
  }

  /// Up to the next marker that is not a restart (§F.1.2.3: a stuffed zero follows each 0xFF of data).
  private static func entropyCoded(_ scanner: inout ByteScanner) throws(PictureRefusal) -> ArraySlice<UInt8> {
    let start = scanner.position
    while true {
      try scanner.skip(to: 0xFF)
      let here = scanner.position
      _ = try scanner.byte()
      guard let next = scanner.isAtEnd ? nil : scanner.bytes[scanner.position] else { throw .damaged }
      if next == 0 || (0xD0...0xD7).contains(next) {
        _ = try scanner.byte()
      } else if next != 0xFF {
        scanner.back(to: here)
        return scanner.bytes[start..<here]
      }
    }
  }
}
