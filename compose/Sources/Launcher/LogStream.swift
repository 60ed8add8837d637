import Foundation
import Logging
public import ServiceKit

/// The one log stream of the launcher and all its services.
public struct LogStream: Sendable {
  private let writer: LogWriter
  private let isJSON: Bool
  private let clock: any WallClock

  public init(isJSON: Bool, writer: LogWriter = .standardError, clock: any WallClock = SystemClock()) {
    self.writer = writer
    self.isJSON = isJSON
    self.clock = clock
  }

  /// A line of progress for the user who watches: bare text, or a record when records are wanted.
  public func say(_ sentence: String) {
    writer.write(isJSON ? record(.info, "latchkey", sentence) : sentence)
  }

  /// The same for a problem.
  public func warn(_ sentence: String) { writer.write(record(.warning, "latchkey", sentence)) }

  /// Why the launcher gives up, line by line.
  public func fail(_ sentences: String) {
    for sentence in sentences.split(whereSeparator: \.isNewline) {
      writer.write(isJSON ? record(.critical, "latchkey", String(sentence)) : "latchkey: \(sentence)")
    }
  }

  /// A service's line: a record as it is; anything else (a crash's trace) becomes one that says where it came from.
  public func relay(_ line: String, from service: String) {
    if line.isEmpty { return }
    writer.write(isRecord(line) ? line : record(.error, service, line))
  }

  /// Waits a moment for lines that are not yet written.
  public func flush() { writer.flush() }

  private func record(_ level: Logger.Level, _ service: String, _ message: String) -> String {
    let record = LogRecord(date: clock.now(), level: level, service: service, message: message, metadata: [:])
    return isJSON ? record.json : record.text
  }

  /// Called for every line of every service: it looks at bytes, since a regular expression took ten times as long as
  /// all other work on the line.
  private func isRecord(_ line: String) -> Bool {
    if isJSON { return line.utf8.starts(with: "{\"time\":".utf8) }
    // "2026-01-01T00:00:00.000Z " as LogRecord writes it.
    return line.utf8.count > Self.timePattern.count
      && zip(line.utf8, Self.timePattern).allSatisfy { byte, pattern in
        pattern == UInt8(ascii: "0") ? (0x30...0x39).contains(byte) : byte == pattern
      }
  }

  /// Each zero stands for any digit.
  private static let timePattern = Array("0000-00-00T00:00:00.000Z ".utf8)
}
