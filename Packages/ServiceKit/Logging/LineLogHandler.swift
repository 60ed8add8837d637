import Foundation
public import Logging

/// One line per record on standard error, as text for people or as JSON for machines.
///
/// Control characters in messages and values are escaped, so that an attacker cannot forge a record by sending a line
/// end. A `Secret` given as metadata prints as `<redacted>`: its type ensures that, not a list of names.
public struct LineLogHandler: LogHandler {
  public enum Format: Sendable {
    case text
    case json
  }

  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  public var logLevel: Logger.Level

  private let service: String
  private let format: Format
  private let writer: LogWriter
  private let clock: any WallClock

  /// - Parameter service: which program speaks; part of every record.
  public init(
    service: String, format: Format, level: Logger.Level, writer: LogWriter = .standardError,
    clock: any WallClock = SystemClock()
  ) {
    self.service = service
    self.format = format
    self.writer = writer
    self.clock = clock
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(
    level: Logger.Level, message: Logger.Message, metadata given: Logger.Metadata?, source: String, file: String,
    function: String, line: UInt
  ) {
    var values = given ?? [:]
    if !metadata.isEmpty { values.merge(metadata) { given, _ in given } }
    if let provided = metadataProvider?.get() { values.merge(provided) { given, _ in given } }
    let record = LogRecord(
      date: clock.now(), level: level, service: service, message: message.description, metadata: values)
    writer.write(format == .json ? record.json : record.text)
  }
}

extension Logger {
  /// A logger of the process's standard format. `request` is the metadata key of a request's id.
  public static func standard(
    service: String, level: Logger.Level, json: Bool, writer: LogWriter = .standardError
  ) -> Logger {
    Logger(label: service) { _ in
      LineLogHandler(service: service, format: json ? .json : .text, level: level, writer: writer)
    }
  }
}
