import Foundation
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
}
