import Foundation
import Launcher
import ServiceKit
import ServiceStore
import Testing

@Suite("The encryption key's source")
struct KeySourceTests {
  private let text = "0123456789abcdef"

  @Test("nothing configured and no data: a key is made into a file that only we can read, and said so")
  func generated() throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let source = KeySource(folder: world.folder)
    #expect(try source.find(in: Environment([:])) == nil)
    var said: [String] = []
    let key = try source.settle(nil, check: nil) { said.append($0) }
    #expect(said.count == 1 && said[0].contains(source.path))
    let attributes = try FileManager.default.attributesOfItem(atPath: source.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    // The next start finds it, and it fits.
    let found = try #require(try source.find(in: Environment([:])))
    #expect(found.origin == source.path)
    #expect(try source.settle(found, check: key.checkValue) { _ in }.checkValue == key.checkValue)
  }

  @Test("the placeholder counts as no key", arguments: ["CHANGEME", "CHANGEME\n"])
  func placeholder(text: String) throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    #expect(try KeySource(folder: world.folder).find(in: Environment(["ENCRYPTION_KEY": text])) == nil)
  }

  @Test("a key under 16 bytes is refused")
  func short() throws {
    let failure = try #require(throws: KeySource.Failure.self) {
      try KeySource(folder: "/nowhere").find(in: Environment(["ENCRYPTION_KEY": "short"]))
    }
    #expect(failure.description.hasPrefix("ENCRYPTION_KEY has 5 bytes; it needs at least 16"))
  }

  @Test("every byte of ENCRYPTION_KEY_FILE counts, the line end too")
  func exactFile() throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let path = world.folder + "/secret"
    try AtomicFile.write(text + "\n", to: path)
    let found = try #require(try KeySource(folder: world.folder).find(in: Environment(["ENCRYPTION_KEY_FILE": path])))
    #expect(found.key.checkValue == (try EncryptionKey(Array((text + "\n").utf8))).checkValue)
    #expect(found.origin == path)
  }

  @Test("a key that does not fit the data is refused by where it came from")
  func wrong() throws {
    let source = KeySource(folder: "/nowhere")
    let found = try source.find(in: Environment(["ENCRYPTION_KEY": text]))
    let failure = try #require(throws: KeySource.Failure.self) {
      try source.settle(found, check: [UInt8](repeating: 0, count: 32)) { _ in }
    }
    #expect(
      failure.description
        == "The encryption key (ENCRYPTION_KEY) is not the one that the data was made with. Nothing was changed.")
  }

  @Test("data without any key is refused, and no key is made")
  func missing() throws {
    let source = KeySource(folder: "/nowhere")
    let failure = try #require(throws: KeySource.Failure.self) { try source.settle(nil, check: [1]) { _ in } }
    #expect(failure.description.contains("put the file /nowhere/encryption-key back"))
  }
}
