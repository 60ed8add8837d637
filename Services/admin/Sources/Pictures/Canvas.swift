internal import CGD

/// A true-colour picture in memory, by gd. Each pixel is 0xAARRGGBB, where A counts from 0 (opaque) to 127 (clear).
struct Canvas: ~Copyable {
  private let image: gdImagePtr

  private init(owning image: gdImagePtr) {
    self.image = image
    gdImageAlphaBlending(image, 0)
    gdImageSaveAlpha(image, 1)
  }

  /// A transparent canvas. The caller bounds its sides.
  static func blank(width: Int, height: Int) throws(PictureRefusal) -> Canvas {
    guard let image = gdImageCreateTrueColor(Int32(width), Int32(height)) else { throw .damaged }
    let canvas = Canvas(owning: image)
    gdImageFilledRectangle(image, 0, 0, Int32(width) - 1, Int32(height) - 1, clear)
    return canvas
  }

  /// Decodes a file that was found to be within bounds.
  static func decoded(_ outline: ImageOutline) throws(PictureRefusal) -> Canvas {
    silenceOnce
    var file = outline.essence
    let size = Int32(file.count)
    let decoded = file.withUnsafeMutableBytes { bytes -> gdImagePtr? in
      switch outline.format {
      case .png: gdImageCreateFromPngPtr(size, bytes.baseAddress)
      case .jpeg: gdImageCreateFromJpegPtr(size, bytes.baseAddress)
      case .webp: gdImageCreateFromWebpPtr(size, bytes.baseAddress)
      case .gif: gdImageCreateFromGifPtr(size, bytes.baseAddress)
      case .svg, .ico: nil
      }
    }
    guard let decoded else { throw .damaged }
    let canvas = Canvas(owning: decoded)
    // Unless the decoder read the same size as we did, one of us was misled.
    guard canvas.width == outline.width, canvas.height == outline.height, gdImagePaletteToTrueColor(decoded) != 0
    else { throw .damaged }
    gdImageAlphaBlending(decoded, 0)
    gdImageSaveAlpha(decoded, 1)
    return canvas
  }

  deinit { gdImageDestroy(image) }

  static let clear: Int32 = 0x7F00_0000

  var width: Int { Int(image.pointee.sx) }
  var height: Int { Int(image.pointee.sy) }

  subscript(x: Int, y: Int) -> Int32 {
    get { gdImageGetTrueColorPixel(image, Int32(x), Int32(y)) }
    nonmutating set { gdImageSetPixel(image, Int32(x), Int32(y), newValue) }
  }

  /// A part of this picture, scaled.
  func resampled(
    x: Int = 0, y: Int = 0, width: Int, height: Int, to size: (width: Int, height: Int)
  ) throws(PictureRefusal) -> Canvas {
    let copy = try Canvas.blank(width: size.width, height: size.height)
    gdImageCopyResampled(
      copy.image, image, 0, 0, Int32(x), Int32(y), Int32(size.width), Int32(size.height), Int32(width), Int32(height))
    return copy
  }

  /// This picture as it was seen when it was taken.
  consuming func upright(from orientation: Orientation) throws(PictureRefusal) -> Canvas {
    if orientation == .upright { return self }
    let size = orientation.swapsSides ? (width: height, height: width) : (width: width, height: height)
    let copy = try Canvas.blank(width: size.width, height: size.height)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let from = orientation.stored(x: x, y: y, width: width, height: height)
        copy[x, y] = self[from.x, from.y]
      }
    }
    return copy
  }

  func png() throws(PictureRefusal) -> [UInt8] {
    try Self.bytes { gdImagePngPtrEx(image, $0, 9) }
  }

  /// - Parameter quality: 0…100.
  func webp(quality: Int) throws(PictureRefusal) -> [UInt8] {
    try Self.bytes { gdImageWebpPtrEx(image, $0, Int32(quality)) }
  }

  private static func bytes(_ encode: (UnsafeMutablePointer<Int32>) -> UnsafeMutableRawPointer?) throws(PictureRefusal)
    -> [UInt8]
  {
    var size: Int32 = 0
    guard let memory = encode(&size) else { throw .damaged }
    defer { gdFree(memory) }
    return Array(UnsafeRawBufferPointer(start: memory, count: Int(size)))
  }

  /// gd writes its complaints about a file to the error stream; a refusal says as much, and an uploader must not be
  /// able to fill the log.
  private static let silenceOnce: Void = gdSetErrorMethod { _, _, _ in }
}
