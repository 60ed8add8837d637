import Foundation
import LatchkeyProtocol
import Logging
import ServiceKit
import Testing

@Suite("Logging")
struct LoggingTests {
  private let date = Date(timeIntervalSince1970: 1_767_225_600.25)

  private func record(_ message: String, _ metadata: Logger.Metadata = [:]) -> LogRecord {
    LogRecord(date: date, level: .warning, service: "oidc", message: message, metadata: metadata)
  }

  @Test("a text record is one line with time, level, service, message and sorted values")
  func text() {
    let line = record("a key was made", ["kid": "abc", "alg": "RS 256"]).text
    #expect(line == "2026-01-01T00:00:00.250Z WARN  oidc     a key was made alg=\"RS 256\" kid=abc")
  }

  @Test("a record's time is Foundation's, for any day of the calendar")
  func times() {
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    var seconds = -2_208_988_800.0
    while seconds < 33_000_000_000 {
      let date = Date(timeIntervalSince1970: seconds)
      let line = LogRecord(date: date, level: .info, service: "oidc", message: "", metadata: [:]).text
      #expect(line.hasPrefix(date.formatted(style) + " "))
      seconds += 7_654_321.5
    }
  }

  @Test("a JSON record parses, keeps nested values, and its own fields cannot be overwritten")
  func json() throws {
    let line = record("say \"hi\"\n", ["a": ["b", "c"], "d": ["e": "f"], "level": "forged"]).json
    let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    #expect(object["message"] as? String == "say \"hi\"\n")
    #expect(object["level"] as? String == "warn")
    #expect(object["time"] as? String == "2026-01-01T00:00:00.250Z")
    #expect(object["a"] as? [String] == ["b", "c"])
    #expect(object["d"] as? [String: String] == ["e": "f"])
  }

  @Test(
    "line ends and terminal controls from outside stay inside their record",
    arguments: ["\n", "\r", "\u{1B}", "\u{85}", "\u{2028}"])
  func forging(control: String) {
    let value = "x\(control)2026-01-01T00:00:00.000Z ERROR forged"
    for line in [record(value).text, record("m", ["k": "\(value)"]).text, record(value, ["k": "\(value)"]).json] {
      #expect(!line.contains(control))
    }
  }

  @Test("a secret prints as redacted, in messages and values")
  func secrets() {
    let secret = Secret("hunter2")
    let line = record("\(secret)", ["token": .stringConvertible(secret), "list": [.stringConvertible(secret)]])
    #expect(!line.text.contains("hunter2"))
    #expect(!line.json.contains("hunter2"))
    #expect(line.text.contains("token=<redacted>"))
  }

  @Test("a logger writes whole lines, in order, from many tasks, at and above its level only")
  func writer() async throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let logger = Logger.standard(service: "auth", level: .info, json: true, writer: LogWriter(descriptor: ends[1]))
    logger.debug("never seen")
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<20 { group.addTask { for line in 0..<50 { logger.info("\(task) \(line)") } } }
    }
    let lines = try readLines(ends[0], count: 1_000)
    close(ends[0])
    var next = [Int](repeating: 0, count: 20)
    for line in lines {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
      let words = try #require(object["message"]).split(separator: " ").compactMap { Int($0) }
      #expect(next[words[0]] == words[1])
      next[words[0]] += 1
    }
  }

  @Test("a reader that does not read holds nobody up: what exceeds the buffer is dropped and counted")
  func slowReader() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let writer = LogWriter(descriptor: ends[1])
    let line = String(repeating: "x", count: 1_023)
    let began = ContinuousClock.now
    for _ in 0..<10_000 { writer.write(line) }
    #expect(began.duration(to: .now) < .seconds(5))
    let bytes = try readLines(ends[0], until: "dropped")
    close(ends[0])
    #expect(bytes.last?.hasSuffix("log records were dropped: the log is written too slowly") == true)
  }

  private func readLines(_ descriptor: Int32, count: Int = .max, until word: String? = nil) throws -> [String] {
    var text = [UInt8]()
    var lines = 0
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while lines < count {
      let read = read(descriptor, &buffer, buffer.count)
      try #require(read > 0)
      text += buffer[..<read]
      lines += buffer[..<read].count { $0 == UInt8(ascii: "\n") }
      if let word, String(decoding: buffer[..<read], as: UTF8.self).contains(word) { break }
    }
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
