/// A picture of our own making, ready to be stored and served.
package struct Picture: Sendable, Equatable {
  package let format: ImageFormat
  package let bytes: [UInt8]

  package init(format: ImageFormat, bytes: [UInt8]) {
    self.format = format
    self.bytes = bytes
  }
}

/// What a picture is for, and so what becomes of it. Nothing is ever enlarged.
package enum PictureUse: Sendable, CaseIterable {
  /// A person's: the middle square, 512 × 512 pixels at most, PNG.
  case profile
  /// A person's in a list: 96 × 96 pixels at most, PNG.
  case thumbnail
  /// An app's or the operator's: within 512 × 512 pixels, PNG with its transparency; drawings stay drawings.
  case logo
  /// Within 128 × 128 pixels, PNG; drawings and icon files stay what they are.
  case favicon
  /// The head of a mail: within 512 × 512 pixels, PNG; mail readers do not show drawings.
  case mail
  /// Behind the sign-in page: within 2560 × 2560 pixels, WebP.
  case background

  /// The longest side, in pixels.
  var side: Int {
    switch self {
    case .profile, .logo, .mail: 512
    case .thumbnail: 96
    case .favicon: 128
    case .background: 2560
    }
  }

  var isSquare: Bool { self == .profile || self == .thumbnail }
  var takesDrawings: Bool { self == .logo || self == .favicon }
  var takesIconFiles: Bool { self == .favicon }
}

extension Picture {
  /// Makes the picture, which takes up to a second of one processor: see ``Workshop``.
  init(_ use: PictureUse, from bytes: [UInt8]) throws(PictureRefusal) {
    guard bytes.count <= PictureLimits.bytes else { throw .tooManyBytes }
    switch ImageFormat(bytes) {
    case .svg where use.takesDrawings:
      try Drawing.check(bytes)
      self.init(format: .svg, bytes: bytes)
    case .ico where use.takesIconFiles:
      try IconFile.check(bytes)
      self.init(format: .ico, bytes: bytes)
    default:
      let outline = try ImageOutline(bytes)
      try self.init(use, Canvas.decoded(outline), outline.orientation)
    }
  }

  private init(_ use: PictureUse, _ canvas: borrowing Canvas, _ orientation: Orientation) throws(PictureRefusal) {
    let format: ImageFormat = use == .background ? .webp : .png
    var side = use.side
    // A noisy picture hardly compresses; a smaller one always fits in the end.
    while side >= 64 {
      let drawn = try Self.drawn(use, canvas, side).upright(from: orientation)
      for quality in format == .webp ? [82, 70, 55] : [100] {
        let bytes = try format == .webp ? drawn.webp(quality: quality) : drawn.png()
        if bytes.count <= PictureLimits.kept {
          self.init(format: format, bytes: bytes)
          return
        }
      }
      side = side * 3 / 4
    }
    throw .tooManyBytes
  }

  private static func drawn(
    _ use: PictureUse, _ canvas: borrowing Canvas, _ side: Int
  ) throws(PictureRefusal) -> Canvas {
    let (width, height) = (canvas.width, canvas.height)
    if use.isSquare {
      let edge = min(width, height)
      return try canvas.resampled(
        x: (width - edge) / 2, y: (height - edge) / 2, width: edge, height: edge,
        to: (min(edge, side), min(edge, side)))
    }
    let scale = min(1, Double(side) / Double(max(width, height)))
    func scaled(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
    return try canvas.resampled(width: width, height: height, to: (scaled(width), scaled(height)))
  }
}
