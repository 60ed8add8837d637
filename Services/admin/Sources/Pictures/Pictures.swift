// Pictures owns what happens to an image that a person or an address gives us: what it is, whether it may be opened at
// all, and how we make our own picture from it.
//
// Nothing is trusted and nothing is kept: the format comes from the bytes, the size from headers that we read ourselves
// within bounds before any decoder sees the file, and what is served is drawn anew from the pixels, so that no metadata
// (where a photograph was taken, by whose camera) and no malformed file gets past here. It must not know SQL, messages,
// HTTP or who asked.

/// Why a picture is refused.
package enum PictureRefusal: Error, Equatable, Sendable {
  /// More bytes than an upload may have.
  case tooManyBytes
  /// A width or height above ``PictureLimits/side``, or more pixels than ``PictureLimits/pixels``.
  case tooManyPixels
  /// Not a format that is accepted here.
  case format
  /// It claims to be an image but is not: cut short, contradicting itself, or not decodable.
  case damaged
  /// A drawing (SVG) that could run code or fetch something.
  case unsafeDrawing
  /// Too many pictures are being made just now.
  case busy
}

/// Bounds on pictures, each with its reason.
package enum PictureLimits {
  /// Bytes of a file that is examined: what the REST API takes as a logo, and what a browser makes of a photograph.
  package static let bytes = 2 << 20
  /// Pixels that may be decoded. A pixel costs 4 bytes, and up to 6 more while a progressive JPEG is put together: 25
  /// million, a good camera's photograph, keep one decoding under 250 MB.
  package static let pixels = 25_000_000
  /// Pixels of a side: WebP has no more than 16,383, and no picture needs more.
  package static let side = 16_383
  /// Pixels times passes of a progressive JPEG. A camera's has about ten; thousands of empty ones cost minutes and no
  /// bytes.
  package static let passPixels = 400_000_000
  /// Bytes of a picture that is kept, so that it travels and is stored in one piece: a wire frame is 1 MiB.
  package static let kept = 900 << 10
  /// Bytes of a drawing or an icon file, which are kept as they are.
  package static let keptAsIs = 256 << 10
  /// Chunks, segments or blocks of one file that are examined; encoders write a few dozen.
  package static let parts = 16_384
  /// Pictures that wait for their turn. Each takes well under a second, so that a caller's timeout outlasts the queue.
  package static let waiting = 8
}
