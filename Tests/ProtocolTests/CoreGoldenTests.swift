import Encodings
import Foundation
import LatchkeyProtocol
import TestKit
import Testing

@Suite struct CoreGoldenTests {
  private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  private let mayWrite = ProcessInfo.processInfo.environment["LATCHKEY_WRITE_GOLDEN"] == "1"

  @Test("every registered message has golden lines, and they read and write as the same bytes for ever")
  func frozen() throws {
    for (subject, messages) in GoldenCatalogue.subjects {
      var lines = try lines(of: subject)
      for golden in messages.flatMap(\.cases) {
        if mayWrite, lines[golden.name] == nil {
          lines[golden.name] = Hexadecimal.text(try golden.written())
          try append("\(golden.name): \(lines[golden.name] ?? "")\n", to: subject)
        }
        guard let line = lines[golden.name] else {
          Issue.record("\(golden.name) has no line: run the tests once with LATCHKEY_WRITE_GOLDEN=1")
          continue
        }
        let bytes = try #require(Hexadecimal.bytes(line), "\(golden.name)")
        let (written, rewritten) = try (golden.written(), golden.rewritten(bytes))
        #expect(rewritten == bytes, "\(golden.name) is not written back as it was read")
        #expect(written == bytes, "\(golden.name): the example has other bytes now: a new version of the method")
      }
    }
  }

  @Test("every line of a golden file belongs to a registered message of its subject")
  func registered() throws {
    let files = Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    #expect(files == Set(GoldenCatalogue.subjects.keys.map { "\($0).hex" }))
    for (subject, messages) in GoldenCatalogue.subjects {
      let known = Set(messages.flatMap(\.cases).map(\.name))
      #expect(Set(try lines(of: subject).keys).subtracting(known) == [], "\(subject)")
    }
  }

  @Test("every message of the protocol has its example here, once")
  func complete() throws {
    #expect(GoldenCatalogue.messages.map(\.method.text).sorted() == (try DeclaredMethods.all()))
  }

  /// The hexadecimal text of each case that a subject's file has; none where there is no file yet.
  private func lines(of subject: String) throws -> [String: String] {
    guard let text = try? String(contentsOf: file(of: subject), encoding: .utf8) else { return [:] }
    return try text.split(separator: "\n").reduce(into: [:]) { lines, line in
      let parts = line.split(separator: ": ", maxSplits: 1, omittingEmptySubsequences: false)
      try #require(parts.count == 2, "\(subject): \(line)")
      #expect(lines.updateValue(String(parts[1]), forKey: String(parts[0])) == nil, "\(parts[0]) stands twice")
    }
  }

  private func append(_ line: String, to subject: String) throws {
    let before = (try? Data(contentsOf: file(of: subject))) ?? Data()
    try (before + Data(line.utf8)).write(to: file(of: subject))
  }

  private func file(of subject: String) -> URL { folder.appending(path: "\(subject).hex") }
}
