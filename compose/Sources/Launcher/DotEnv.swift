import Foundation

/// A `.env` file: `NAME=value` lines, for variables that are not set otherwise.
public enum DotEnv {
  /// A line that is neither empty, nor a comment, nor an assignment.
  public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
    public let path: String
    public let line: Int
    public var description: String { "\(path), line \(line): expected NAME=value" }
  }

  /// The assignments of the file, or nothing where there is no such file.
  public static func read(_ path: String) throws -> [String: String] {
    guard FileManager.default.fileExists(atPath: path) else { return [:] }
    return try parse(String(contentsOfFile: path, encoding: .utf8), path: path)
  }

  /// - Parameter path: for the failure's sentence.
  public static func parse(_ text: String, path: String) throws(Failure) -> [String: String] {
    var values: [String: String] = [:]
    for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      var line = raw.trimmingCharacters(in: .whitespaces)
      if line.isEmpty || line.hasPrefix("#") { continue }
      if line.hasPrefix("export ") { line = line.dropFirst(7).trimmingCharacters(in: .whitespaces) }
      guard let equals = line.firstIndex(of: "=") else { throw Failure(path: path, line: index + 1) }
      let name = line[..<equals].trimmingCharacters(in: .whitespaces)
      guard !name.isEmpty, name.utf8.allSatisfy(isNameByte),
        let value = value(String(line[line.index(after: equals)...]))
      else { throw Failure(path: path, line: index + 1) }
      values[name] = value
    }
    return values
  }

  /// Double quotes know \n, \t, \" and \\; single quotes take everything as it is; without quotes a ` #` begins a
  /// comment.
  private static func value(_ raw: String) -> String? {
    let text = raw.trimmingCharacters(in: .whitespaces)
    guard let quote = text.first, quote == "\"" || quote == "'" else {
      let comment = text.range(of: " #")?.lowerBound ?? text.endIndex
      return text[..<comment].trimmingCharacters(in: .whitespaces)
    }
    var result = ""
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      if character == quote {
        let after = rest.drop { $0 == " " || $0 == "\t" }
        return after.isEmpty || after.hasPrefix("#") ? result : nil
      }
      if character == "\\", quote == "\"", let escaped = rest.popFirst() {
        result.append(["n": "\n", "t": "\t", "r": "\r"][escaped] ?? escaped)
      } else {
        result.append(character)
      }
    }
    return nil
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
