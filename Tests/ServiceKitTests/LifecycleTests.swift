import Foundation
import LatchkeyProtocol
import ServiceKit
import Testing

@Suite("Life of a program")
struct LifecycleTests {
  @Test("a file is there whole, with its permissions, or not at all")
  func atomicFile() throws {
    let folder = NSTemporaryDirectory() + "atomic-\(UUID())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/key"
    try AtomicFile.write("one", to: path, permissions: 0o600)
    try AtomicFile.write("two", to: path, permissions: 0o600)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "two")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["key"])
  }

  @Test("a file that cannot be written says which and why")
  func unwritable() throws {
    let failure = try #require(throws: AtomicFile.Failure.self) { try AtomicFile.write("x", to: "/nowhere/at/all") }
    #expect(failure.description == "/nowhere/at/all cannot be written: No such file or directory")
  }

  @Test("a clock within 5 s of the database's is good, beyond it the service is not ready and says so")
  func skew() {
    #expect(Readiness.judge(skew: 0) == .ready)
    #expect(Readiness.judge(skew: -5) == .ready)
    #expect(Readiness.judge(skew: 5) == .ready)
    #expect(
      Readiness.judge(skew: 6.25)
        == .notReady(reason: "This machine's clock is 6.2 s ahead of the database's; set it."))
    #expect(
      Readiness.judge(skew: -7) == .notReady(reason: "This machine's clock is 7.0 s behind the database's; set it."))
  }

  @Test("help names every variable, and those that can be files")
  func help() {
    let program = Program.service(.oidc, summary: "Tokens.", settings: [Settings.appURL]) { _ in
      ServiceParts(routes: Routes(service: "oidc"))
    }
    let text = Help.text(of: program)
    for name in [
      "oidc: Tokens.", "DB_CONNECTION_STRING_FILE", "SERVICE_KEY", "LISTEN", "APP_URL", "READY_FILE", "LOG_JSON",
    ] {
      #expect(text.contains(name))
    }
    #expect(!text.contains("APP_URL_FILE"))
  }
}
