/// Reads XML as drawings use it, strictly: UTF-8, no entities of its own, no processing instructions. Anything unclear
/// is refused, since a browser might read it differently.
struct MarkupReader {
  enum Piece {
    case start(name: String, attributes: [(name: String, value: String)], isEmpty: Bool)
    case end(name: String)
    case text(String)
  }

  private let bytes: [UInt8]
  private var position: Int

  init(_ bytes: [UInt8]) throws(PictureRefusal) {
    guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else { throw .damaged }
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if follows("<?xml ") || follows("<?xml\n") {
      let declaration = try take(until: "?>").lowercased()
      // In another encoding, these bytes would be different text.
      if declaration.contains("encoding") {
        guard declaration.contains("utf-8") || declaration.contains("us-ascii") else { throw .format }
      }
    }
  }

  mutating func next() throws(PictureRefusal) -> Piece? {
    while position < bytes.count {
      if follows("<!--") {
        _ = try take(until: "-->")
      } else if follows("<![CDATA[") {
        return .text(String(try take(until: "]]>").dropFirst(9)))
      } else if follows("<!DOCTYPE") {
        // Declarations inside it would define entities.
        guard try !take(until: ">").contains("[") else { throw .unsafeDrawing }
      } else if follows("<?") || follows("<!") {
        throw .unsafeDrawing
      } else if follows("</") {
        position += 2
        let name = try name()
        skipBlanks()
        guard follows(">") else { throw .damaged }
        position += 1
        return .end(name: name)
      } else if follows("<") {
        position += 1
        return try element()
      } else {
        let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.count
        defer { position = end }
        return .text(try Self.decoded(bytes[position..<end]))
      }
    }
    return nil
  }

  private mutating func element() throws(PictureRefusal) -> Piece {
    let name = try name()
    var attributes: [(name: String, value: String)] = []
    while true {
      let before = position
      skipBlanks()
      if follows("/>") {
        position += 2
        return .start(name: name, attributes: attributes, isEmpty: true)
      }
      if follows(">") {
        position += 1
        return .start(name: name, attributes: attributes, isEmpty: false)
      }
      guard position > before else { throw .damaged }
      attributes.append(try attribute())
    }
  }

  private mutating func attribute() throws(PictureRefusal) -> (name: String, value: String) {
    let name = try name()
    skipBlanks()
    guard follows("=") else { throw .damaged }
    position += 1
    skipBlanks()
    guard follows("\"") || follows("'") else { throw .damaged }
    let quote = bytes[position]
    position += 1
    guard let end = bytes[position...].firstIndex(of: quote) else { throw .damaged }
    let value = bytes[position..<end]
    guard !value.contains(UInt8(ascii: "<")) else { throw .damaged }
    position = end + 1
    return (name, try Self.decoded(value))
  }

  /// Letters, digits, and the marks that drawing programs put into names.
  private mutating func name() throws(PictureRefusal) -> String {
    let start = position
    while position < bytes.count, Self.isName(bytes[position]) { position += 1 }
    guard position > start, !(48...57).contains(bytes[start]) else { throw .damaged }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    (97...122).contains(byte | 0x20) || (48...57).contains(byte) || ":._-".utf8.contains(byte)
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private func follows(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  /// From here to the end mark, which is skipped and left out.
  private mutating func take(until mark: String) throws(PictureRefusal) -> String {
    guard let found = bytes[position...].firstRange(of: Array(mark.utf8)) else { throw .damaged }
    defer { position = found.upperBound }
    return String(decoding: bytes[position..<found.lowerBound], as: UTF8.self)
  }

  /// Text with its references replaced, so that nothing is hidden behind `&#x6A;`.
  private static func decoded(_ bytes: ArraySlice<UInt8>) throws(PictureRefusal) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var parts = text.split(separator: "&", omittingEmptySubsequences: false)[...]
    var result = String(parts.removeFirst())
    for part in parts {
      guard let end = part.firstIndex(of: ";") else { throw .damaged }
      result.unicodeScalars.append(try scalar(part[..<end]))
      result += part[part.index(after: end)...]
    }
    return result
  }

  private static func scalar(_ reference: Substring) throws(PictureRefusal) -> Unicode.Scalar {
    switch reference {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      let digits = reference.dropFirst()
      let number = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard reference.hasPrefix("#"), let number, let scalar = Unicode.Scalar(number) else { throw .unsafeDrawing }
      return scalar
    }
  }
}
