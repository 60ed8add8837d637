/// What a file's own headers say, read before it is decoded, and the file without anything that decoding does not need:
/// metadata, colour profiles, comments, further frames, trailing data.
struct ImageOutline {
  let format: ImageFormat
  let width: Int
  let height: Int
  var orientation = Orientation.upright
  /// The file that a decoder is given.
  let essence: [UInt8]

  /// - Throws: ``PictureRefusal`` for anything that is not a picture within ``PictureLimits``.
  init(_ bytes: [UInt8]) throws(PictureRefusal) {
    guard bytes.count <= PictureLimits.bytes else { throw .tooManyBytes }
    switch ImageFormat(bytes) {
    case .png: self = try PNGFile.outline(bytes)
    case .jpeg: self = try JPEGFile.outline(bytes)
    case .webp: self = try WebPFile.outline(bytes)
    case .gif: self = try GIFFile.outline(bytes)
    case .svg, .ico, nil: throw .format
    }
  }

  init(
    format: ImageFormat, width: Int, height: Int, orientation: Orientation, essence: [UInt8]
  ) throws(PictureRefusal) {
    guard width > 0, height > 0 else { throw .damaged }
    guard width <= PictureLimits.side, height <= PictureLimits.side, width * height <= PictureLimits.pixels else {
      throw .tooManyPixels
    }
    self.format = format
    self.width = width
    self.height = height
    self.orientation = orientation
    self.essence = essence
  }
}
