import Foundation
import Logging
public import ServiceKit

/// The one stream that the launcher and all its services are read in.
public struct LogStream: Sendable {
  private let writer: LogWriter
  private let isJSON: Bool
  private let clock: any WallClock

  public init(isJSON: Bool, writer: LogWriter = .standardError, clock: any WallClock = SystemClock()) {
    self.writer = writer
    self.isJSON = isJSON
    self.clock = clock
  }

  /// A line of progress for whoever watches: bare text, or a record where records are wanted.
  public func say(_ sentence: String) {
    writer.write(isJSON ? record(.info, "latchkey", sentence) : sentence)
  }

  /// The same for what is not as it should be.
  public func warn(_ sentence: String) { writer.write(record(.warning, "latchkey", sentence)) }

  /// Why the launcher gives up: each line for itself.
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

  /// Waits a moment for what is not yet written.
  public func flush() { writer.flush() }

  private func record(_ level: Logger.Level, _ service: String, _ message: String) -> String {
    let record = LogRecord(date: clock.now(), level: level, service: service, message: message, metadata: [:])
    return isJSON ? record.json : record.text
  }

  private func isRecord(_ line: String) -> Bool {
    isJSON ? line.hasPrefix("{\"time\":") : line.prefixMatch(of: #/\d{4}-\d{2}-\d{2}T[\d:.]+Z /#) != nil
  }
}
