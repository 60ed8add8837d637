import CGD
import Pictures

/// Pictures to hand in, drawn with the same library; what we make of them is looked at pixel by pixel.
enum Samples {
  enum Corner: CaseIterable { case upperLeft, upperRight, lowerLeft, lowerRight }

  static let red: Int32 = 0xDC1E1E
  static let green: Int32 = 0x1EB41E
  static let blue: Int32 = 0x1E1EDC
  static let white: Int32 = 0xFFFFFF

  /// Four quarters of colour: red, green; blue, white.
  static func quarters(width: Int = 64, height: Int = 32) -> gdImagePtr? {
    let image = gdImageCreateTrueColor(Int32(width), Int32(height))
    let (w, h) = (Int32(width), Int32(height))
    gdImageFilledRectangle(image, 0, 0, w / 2 - 1, h / 2 - 1, red)
    gdImageFilledRectangle(image, w / 2, 0, w - 1, h / 2 - 1, green)
    gdImageFilledRectangle(image, 0, h / 2, w / 2 - 1, h - 1, blue)
    gdImageFilledRectangle(image, w / 2, h / 2, w - 1, h - 1, white)
    return image
  }

  /// A picture that hardly compresses.
  static func noise(width: Int, height: Int) -> gdImagePtr? {
    let image = gdImageCreateTrueColor(Int32(width), Int32(height))
    gdImageAlphaBlending(image, 0)
    gdImageSaveAlpha(image, 1)
    var state: UInt32 = 1
    for y in 0..<Int32(height) {
      for x in 0..<Int32(width) {
        state = state &* 1_664_525 &+ 1_013_904_223
        gdImageSetPixel(image, x, y, Int32(bitPattern: (state >> 1) & 0x7FFF_FFFF))
      }
    }
    return image
  }

  static func encoded(_ format: ImageFormat, _ image: gdImagePtr?) -> [UInt8] {
    defer { gdImageDestroy(image) }
    var size: Int32 = 0
    let memory: UnsafeMutableRawPointer? =
      switch format {
      case .png: gdImagePngPtr(image, &size)
      case .jpeg: gdImageJpegPtr(image, &size, 92)
      case .webp: gdImageWebpPtrEx(image, &size, 90)
      case .gif: gdImageGifPtr(image, &size)
      case .svg, .ico: nil
      }
    defer { gdFree(memory) }
    return memory.map { Array(UnsafeRawBufferPointer(start: $0, count: Int(size))) } ?? []
  }

  static func encoded(_ format: ImageFormat) -> [UInt8] { encoded(format, quarters()) }

  static let photographs: [ImageFormat] = [.png, .jpeg, .webp, .gif]

  /// The TIFF block of EXIF with an orientation and something that nobody should learn.
  static func exif(orientation: UInt8, bigEndian: Bool = true) -> [UInt8] {
    let place = Array("GPS 47.3769N 8.5417E".utf8)
    if bigEndian {
      return [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0] + place
    }
    return [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0] + place
  }

  /// A JPEG with EXIF, XMP, a colour profile and a comment, as cameras and editors write them.
  static func photograph(orientation: UInt8 = 1, bigEndian: Bool = true, _ image: gdImagePtr? = quarters()) -> [UInt8] {
    let plain = encoded(.jpeg, image)
    func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
      [0xFF, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 0xFF)] + content
    }
    let extras =
      segment(0xE1, Array("Exif\0\0".utf8) + exif(orientation: orientation, bigEndian: bigEndian))
      + segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>GPS</x:xmpmeta>".utf8))
      + segment(0xE2, Array("ICC_PROFILE\0\u{1}\u{1}secret profile".utf8)) + segment(0xFE, Array("secret comment".utf8))
    return Array(plain[..<2]) + extras + Array(plain[2...]) + Array("trailing secret".utf8)
  }

  static func pngChunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    big32(content.count) + Array(type.utf8) + content + big32(Int(crc(Array(type.utf8) + content)))
  }

  /// A PNG with texts, EXIF and a time.
  static func annotatedPNG(orientation: UInt8 = 1) -> [UInt8] {
    let plain = encoded(.png)
    let extras =
      pngChunk("tEXt", Array("Comment\0secret comment".utf8)) + pngChunk("tIME", [7, 234, 1, 2, 3, 4, 5])
      + pngChunk("eXIf", exif(orientation: orientation))
    return Array(plain[..<33]) + extras + Array(plain[33...])
  }

  /// A WebP in the extended form, with EXIF and XMP.
  static func annotatedWebP(orientation: UInt8 = 1) -> [UInt8] {
    let plain = encoded(.webp)
    func little32(_ n: Int) -> [UInt8] { big32(n).reversed() }
    func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
      Array(type.utf8) + little32(content.count) + content + (content.count % 2 == 1 ? [0] : [])
    }
    let isLossless = plain[12..<16].elementsEqual("VP8L".utf8)
    let header: [UInt8] = [isLossless ? 0x1C : 0x0C, 0, 0, 0, 63, 0, 0, 31, 0, 0]
    var body = Array("WEBP".utf8) + chunk("VP8X", header)
    body += plain[12...]
    body += chunk("EXIF", exif(orientation: orientation)) + chunk("XMP ", Array("<x>secret</x>".utf8))
    return Array("RIFF".utf8) + little32(body.count) + body
  }

  static func big32(_ n: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(n >> $0 & 0xFF) } }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

/// What came out, decoded again.
struct Looked {
  let width: Int
  let height: Int
  private let pixels: [Int32]

  init?(_ picture: Picture) {
    var file = picture.bytes
    let size = Int32(file.count)
    let image = file.withUnsafeMutableBytes {
      picture.format == .webp
        ? gdImageCreateFromWebpPtr(size, $0.baseAddress) : gdImageCreateFromPngPtr(size, $0.baseAddress)
    }
    guard let image else { return nil }
    defer { gdImageDestroy(image) }
    (width, height) = (Int(image.pointee.sx), Int(image.pointee.sy))
    var pixels: [Int32] = []
    for y in 0..<image.pointee.sy {
      for x in 0..<image.pointee.sx { pixels.append(gdImageGetTrueColorPixel(image, x, y)) }
    }
    self.pixels = pixels
  }

  subscript(x: Int, y: Int) -> Int32 { pixels[y * width + x] }

  /// The middle of a quarter.
  subscript(corner: Samples.Corner) -> Int32 {
    let right = corner == .upperRight || corner == .lowerRight
    let low = corner == .lowerLeft || corner == .lowerRight
    return self[width * (right ? 3 : 1) / 4, height * (low ? 3 : 1) / 4]
  }
}

/// Whether two colours are close: JPEG and WebP move them a little.
func isClose(_ a: Int32, _ b: Int32) -> Bool {
  [16, 8, 0].allSatisfy { abs((a >> $0 & 0xFF) - (b >> $0 & 0xFF)) <= 24 }
}
