/// A form with files (RFC 7578), read strictly: whatever is unclear is refused rather than guessed at.
package struct MultipartBody {
  /// Why it cannot be read, as a public sentence.
  package struct Malformed: Error {
    package let sentence: String
  }

  package struct Part {
    package let name: String
    package let content: ArraySlice<UInt8>
  }

  package let parts: [Part]

  /// - Parameter boundary: from the content type, without the leading hyphens.
  package init(_ bytes: [UInt8], boundary: String) throws(Malformed) {
    let delimiter = Array("--\(boundary)".utf8)
    guard bytes.starts(with: delimiter) else { throw Malformed(sentence: "The form does not begin with its boundary.") }
    var parts: [Part] = []
    var position = delimiter.count
    while true {
      let rest = bytes[position...]
      if rest.starts(with: Array("--".utf8)) { break }
      guard rest.starts(with: Self.newline) else {
        throw Malformed(sentence: "The form's boundary is followed by text.")
      }
      guard parts.count < Limits.formParts else { throw Malformed(sentence: "The form has too many parts.") }
      let (name, start) = try Self.head(bytes, from: position + 2)
      guard let end = Self.find(Self.newline + delimiter, in: bytes[...], from: start) else {
        throw Malformed(sentence: "The form does not end with its boundary.")
      }
      parts.append(Part(name: name, content: bytes[start..<end]))
      position = end + 2 + delimiter.count
    }
    self.parts = parts
  }

  private static let newline: [UInt8] = [13, 10]

  /// The part's name and where its content begins.
  private static func head(_ bytes: [UInt8], from start: Int) throws(Malformed) -> (String, Int) {
    let limit = min(bytes.count, start + Limits.formPartHead)
    var position = start
    var name: String?
    while let end = find(newline, in: bytes[..<limit], from: position) {
      guard end > position else {
        guard let name else { throw Malformed(sentence: "A part of the form has no name.") }
        return (name, end + 2)
      }
      guard let line = String(validating: bytes[position..<end], as: UTF8.self) else {
        throw Malformed(sentence: "A part of the form has a head that is not UTF-8.")
      }
      let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard field.count == 2 else { throw Malformed(sentence: "A part of the form has a head that cannot be read.") }
      let value = field[1].drop { $0 == " " || $0 == "\t" }
      switch field[0].lowercased() {
      case "content-disposition":
        guard name == nil, let found = Self.name(value) else {
          throw Malformed(sentence: "A part of the form has no name.")
        }
        name = found
      case "content-transfer-encoding" where !["7bit", "8bit", "binary"].contains(value.lowercased()):
        throw Malformed(sentence: "A part of the form is encoded in a way that is not read here.")
      default: break
      }
      position = end + 2
    }
    throw Malformed(sentence: "A part of the form has a head without end.")
  }

  /// The parameter `name` of `form-data; name="file"; filename="…"`.
  private static func name(_ value: Substring) -> String? {
    var rest = value
    let kind = rest.prefix { $0 != ";" }
    guard kind.filter({ $0 != " " }).lowercased() == "form-data" else { return nil }
    rest = rest.dropFirst(kind.count)
    var found: String?
    while rest.first == ";" {
      rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
      let key = rest.prefix { $0 != "=" && $0 != ";" }
      rest = rest.dropFirst(key.count)
      guard rest.first == "=" else { return nil }
      rest = rest.dropFirst()
      var text = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.first, character != "\"" {
          rest = rest.dropFirst()
          // Browsers write %22 for a quotation mark; others escape it (RFC 7578 §4.2, RFC 2183).
          if character == "\\", let escaped = rest.first {
            text.append(escaped)
            rest = rest.dropFirst()
          } else {
            text.append(character)
          }
        }
        guard rest.first == "\"" else { return nil }
        rest = rest.dropFirst()
      } else {
        text = String(rest.prefix { $0 != ";" })
        rest = rest.dropFirst(text.count)
      }
      rest = rest.drop { $0 == " " || $0 == "\t" }
      if key.lowercased() == "name" {
        guard found == nil else { return nil }
        found = text
      }
    }
    return rest.isEmpty ? found : nil
  }

  /// Where a pattern that begins with a carriage return is found next.
  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    var position = start
    while position < bytes.endIndex, let at = bytes[position...].firstIndex(of: 13) {
      if bytes[at...].starts(with: pattern) { return at }
      position = at + 1
    }
    return nil
  }

  /// `multipart/form-data; boundary=…`: the boundary, 1 to 70 characters (RFC 2046 §5.1.1).
  package static func boundary(_ contentType: String) -> String? {
    var parameters = contentType.split(separator: ";", omittingEmptySubsequences: false)
    guard parameters.removeFirst().filter({ $0 != " " }).lowercased() == "multipart/form-data" else { return nil }
    for parameter in parameters {
      let pair = parameter.split(separator: "=", maxSplits: 1)
      guard pair.count == 2, pair[0].filter({ $0 != " " }).lowercased() == "boundary" else { continue }
      var value = pair[1][...]
      while value.last == " " { value = value.dropLast() }
      if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
      let allowed = value.utf8.allSatisfy { byte in
        (97...122).contains(byte | 0x20) || (48...57).contains(byte) || "'()+_,-./:=? ".utf8.contains(byte)
      }
      return allowed && (1...70).contains(value.utf8.count) && value.last != " " ? String(value) : nil
    }
    return nil
  }
}
