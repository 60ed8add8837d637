import Encodings
package import Foundation
package import Logging

/// One log record, and how it looks.
package struct LogRecord: Sendable {
  package let date: Date
  package let level: Logger.Level
  package let service: String
  package let message: String
  package let metadata: Logger.Metadata

  package init(date: Date, level: Logger.Level, service: String, message: String, metadata: Logger.Metadata) {
    self.date = date
    self.level = level
    self.service = service
    self.message = message
    self.metadata = metadata
  }

  /// `2026-01-01T00:00:00.000Z INFO  auth     a sentence key=value`
  package var text: String {
    let values = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.quoted($0.value.description))" }
    return
      "\(time) \(Self.padded(level.short, 5)) \(Self.padded(service, 8)) \(Self.escaped(message))\(values.joined())"
  }

  /// `{"time":…,"level":…,"service":…,"message":…,` and the metadata, sorted by key.
  package var json: String {
    var fields = [("time", time), ("level", level.name), ("service", service), ("message", message)]
      .map { "\(Self.jsonText($0)):\(Self.jsonText($1))" }
    let reserved: Set = ["time", "level", "service", "message"]
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) where !reserved.contains(key) {
      fields.append("\(Self.jsonText(key)):\(Self.json(value))")
    }
    return "{\(fields.joined(separator: ","))}"
  }

  private var time: String { Timestamp.text(date) }

  private static func json(_ value: Logger.Metadata.Value) -> String {
    switch value {
    case .string(let text): jsonText(text)
    case .stringConvertible(let value): jsonText(value.description)
    case .array(let values): "[\(values.map(json).joined(separator: ","))]"
    case .dictionary(let values):
      "{\(values.sorted { $0.key < $1.key }.map { "\(jsonText($0.key)):\(json($0.value))" }.joined(separator: ","))}"
    }
  }

  /// RFC 8259 section 7.
  package static func jsonText(_ text: String) -> String { "\"\(escape(text, quotes: true))\"" }

  /// Text that stays on its line.
  private static func escaped(_ text: String) -> String { escape(text, quotes: false) }

  private static func quoted(_ text: String) -> String {
    let isPlain =
      if isPlainASCII(text) {
        text.utf8.allSatisfy { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "=") }
      } else {
        text.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && !isControl($0) }
      }
    return isPlain && !text.isEmpty ? text : jsonText(text)
  }

  /// Nearly every text: nothing in it needs escaping, which is faster to check in bytes than in scalars.
  private static func isPlainASCII(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20..<0x7F).contains($0) && $0 != 0x22 && $0 != 0x5C }
  }

  private static func escape(_ text: String, quotes: Bool) -> String {
    if isPlainASCII(text) { return text }
    let needed: (Unicode.Scalar) -> Bool = { isControl($0) || (quotes && ($0 == "\"" || $0 == "\\")) }
    guard text.unicodeScalars.contains(where: needed) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case _ where !needed(scalar): result.unicodeScalars.append(scalar)
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
  }

  /// C0, DEL, C1 and Unicode's two line separators: characters that a terminal or a log viewer may act upon. All are
  /// below U+10000.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }
}

extension Logger.Level {
  /// What JSON records carry: swift-log's names, with Pocket ID's `warn`.
  var name: String { self == .warning ? "warn" : rawValue }

  /// For text records.
  var short: String {
    switch self {
    case .critical: "CRIT"
    case .notice: "NOTE"
    default: name.uppercased()
    }
  }
}
