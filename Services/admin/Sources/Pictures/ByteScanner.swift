/// Reads a file's headers front to back and never past its end.
struct ByteScanner {
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }
  var left: Int { bytes.count - position }

  mutating func byte() throws(PictureRefusal) -> UInt8 {
    guard position < bytes.count else { throw .damaged }
    defer { position += 1 }
    return bytes[position]
  }

  /// The next bytes, without copying them.
  mutating func take(_ count: Int) throws(PictureRefusal) -> ArraySlice<UInt8> {
    guard count >= 0, count <= left else { throw .damaged }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func big16() throws(PictureRefusal) -> Int {
    let b = try take(2)
    return Int(b[b.startIndex]) << 8 | Int(b[b.startIndex + 1])
  }

  mutating func big32() throws(PictureRefusal) -> Int { try (big16() << 16) | big16() }

  mutating func little16() throws(PictureRefusal) -> Int {
    let b = try take(2)
    return Int(b[b.startIndex + 1]) << 8 | Int(b[b.startIndex])
  }

  mutating func little32() throws(PictureRefusal) -> Int {
    let low = try little16()
    return try little16() << 16 | low
  }

  /// Advances to the next byte with this value, without taking it.
  mutating func skip(to value: UInt8) throws(PictureRefusal) {
    guard let found = bytes[position...].firstIndex(of: value) else { throw .damaged }
    position = found
  }

  /// Returns to an earlier place.
  mutating func back(to place: Int) { position = min(position, max(0, place)) }
}
