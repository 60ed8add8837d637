import Foundation
import LatchkeyProtocol
import TestKit
import Testing

@Suite struct CoreGoldenTests {
  private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  private let mayWrite = ProcessInfo.processInfo.environment["LATCHKEY_WRITE_GOLDEN"] == "1"

  @Test("every registered message has golden files, and they read and write as the same bytes for ever")
  func frozen() throws {
    for message in GoldenCatalogue.messages {
      for file in message.files {
        let url = folder.appending(path: file.name)
        if mayWrite, !FileManager.default.fileExists(atPath: url.path) {
          try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
          try Data((hex(try file.written()) + "\n").utf8).write(to: url, options: .withoutOverwriting)
        }
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
          Issue.record("\(file.name) is missing: run the tests once with LATCHKEY_WRITE_GOLDEN=1")
          continue
        }
        let bytes = try #require(Hexadecimal.bytes(text.filter { !$0.isWhitespace }), "\(file.name)")
        let (written, rewritten) = try (file.written(), file.rewritten(bytes))
        #expect(rewritten == bytes, "\(file.name) is not written back as it was read")
        #expect(written == bytes, "\(file.name): the example has other bytes now; that is a new version of the method")
      }
    }
  }

  @Test("every golden file belongs to a registered message")
  func registered() throws {
    let known = Set(GoldenCatalogue.messages.flatMap(\.files).map(\.name))
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    #expect(Set(found).subtracting(known) == [])
  }

  @Test("every message of the protocol has its example here, once")
  func complete() throws {
    #expect(GoldenCatalogue.messages.map(\.method.text).sorted() == (try DeclaredMethods.all()))
  }

  /// Rows of 32 bytes, so that a difference can be seen.
  private func hex(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 32).map { Hexadecimal.text(bytes[$0..<min($0 + 32, bytes.count)]) }
      .joined(separator: "\n")
  }
}
