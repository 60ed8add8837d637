import Foundation
import Launcher
import LatchkeyProtocol
import Postgres
import ServiceStore
import Store
import TestKit
import Testing

@Suite("Changing the encryption key", .timeLimit(.minutes(2)))
struct EncryptionKeyRotationTests {
  @Test("everything that hangs on the key is there afterwards, for the new key alone")
  func everything() async throws {
    let installation = try await SealedInstallation()
    defer { installation.world.remove() }
    let old = try await installation.contents(installation.old)
    let file = try await installation.rotation(to: "the key after it, 32 bytes long..").run()
    #expect(file == nil)
    let new = try EncryptionKey(Array("the key after it, 32 bytes long..".utf8))
    #expect(try await installation.contents(new) == old)
    await #expect(throws: (any Error).self) { try await installation.contents(installation.old) }
    #expect(try await installation.sealedBy(installation.old) == [])
    #expect(
      try await installation.sealedBy(new).isSuperset(of: ["data_keys.sealed", "outbox.sealed", "settings.sealed"]))
  }

  @Test("whatever a column is made with has its way through a change")
  func columns() {
    var renewed: Set<AtRest.Renewal> = []
    var kept: Set<String> = []
    for protection in AtRest.columns.values {
      switch protection {
      case .renewed(let renewal): renewed.insert(renewal)
      case .kept(let name): kept.insert(name)
      case .open, .hashed, .underDataKey: break
      }
    }
    #expect(renewed == Set(AtRest.Renewal.allCases))
    #expect(kept == Set(PersistedKey.allCases.map(\.rawValue)))
  }

  @Test("what must stay the same stays the same through two changes")
  func twice() async throws {
    let installation = try await SealedInstallation()
    defer { installation.world.remove() }
    let old = try await installation.contents(installation.old)
    _ = try await installation.rotation(to: "the second key of sixteen+").run()
    _ = try await installation.rotation(to: "the third key of sixteen+", found: "the second key of sixteen+").run()
    #expect(try await installation.contents(EncryptionKey(Array("the third key of sixteen+".utf8))) == old)
    #expect(try await installation.entries(.encryptionKeyRotated) == 2)
  }

  @Test(
    "stopped at any step, exactly one key works: the old one before the commit, the new one after it",
    arguments: EncryptionKeyRotation.Step.allCases)
  func interrupted(at step: EncryptionKeyRotation.Step) async throws {
    let installation = try await SealedInstallation(keptInFolder: true)
    defer { installation.world.remove() }
    let old = try await installation.contents(installation.old)
    await #expect(throws: Interruption.self) {
      try await installation.rotation(to: "the key after it, 32 bytes long..") { reached in
        if reached == step { throw Interruption() }
      }.run()
    }
    // Whatever comes next finds the key by itself, as `serve` does.
    let key = try await installation.settledKey()
    let isDone = [.committed, .keyPlaced].contains(step)
    let new = try EncryptionKey(Array("the key after it, 32 bytes long..".utf8))
    #expect(key.checkValue == (isDone ? new : installation.old).checkValue)
    #expect(try await installation.contents(key) == old)
    #expect(try await installation.sealedBy(isDone ? installation.old : new) == [])
    // And the key can be changed again.
    #expect(try await installation.rotation(to: "yet another key of sixteen+").run() == installation.source.path)
    #expect(try await installation.contents(installation.settledKey()) == old)
  }

  @Test("a key that is kept in the data folder is replaced there, readable for us alone")
  func file() async throws {
    let installation = try await SealedInstallation(keptInFolder: true)
    defer { installation.world.remove() }
    let path = try await installation.rotation(to: "the key after it, 32 bytes long..").run()
    #expect(path == installation.source.path)
    #expect(
      try String(contentsOfFile: installation.source.path, encoding: .utf8) == "the key after it, 32 bytes long..\n")
    let attributes = try FileManager.default.attributesOfItem(atPath: installation.source.path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(!FileManager.default.fileExists(atPath: installation.source.path + ".next"))
  }

  @Test("while a service is connected, from wherever, nothing is changed")
  func running() async throws {
    let installation = try await SealedInstallation()
    defer { installation.world.remove() }
    var configuration = installation.owner
    configuration.applicationName = "latchkey-oidc"
    let service = try await Session.open(configuration)
    let failure = try await #require(throws: LaunchFailure.self) {
      try await installation.rotation(to: "the key after it, 32 bytes long..").run()
    }
    #expect(failure.description.contains("latchkey-oidc") && failure.description.contains("Nothing was changed"))
    await service.close()
    #expect(try await installation.sealedBy(installation.old) != [])
  }

  @Test("the key that counts already, a wrong one, and one that is too short are refused")
  func refused() async throws {
    let installation = try await SealedInstallation()
    defer { installation.world.remove() }
    await #expect(throws: LaunchFailure.self) { try await installation.rotation(to: installation.oldText).run() }
    await #expect(throws: KeySource.Failure.self) {
      try await installation.rotation(to: "the key after it, 32 bytes long..", found: "not the key of this data").run()
    }
    #expect(throws: KeyFailure.tooShort(bytes: 5)) { try installation.rotation(to: "short") }
  }

  @Test("a secret that the old key does not open stops it all: nothing is lost in silence")
  func unreadable() async throws {
    let installation = try await SealedInstallation()
    defer { installation.world.remove() }
    try await installation.sql("UPDATE settings SET sealed = '{\"smtpPassword\": \"AAAA\"}'")
    await #expect(throws: Reseal.Failure.self) {
      try await installation.rotation(to: "the key after it, 32 bytes long..").run()
    }
    #expect(try await installation.settledKey().checkValue == installation.old.checkValue)
  }

  @Test("the services' roles log in with the new key's passwords")
  func passwords() async throws {
    let installation = try await SealedInstallation()
    defer { installation.world.remove() }
    _ = try await installation.rotation(to: "the key after it, 32 bytes long..").run()
    let new = try EncryptionKey(Array("the key after it, 32 bytes long..".utf8))
    let database = try #require(installation.owner.database)
    let role = Roles.name(for: .auth, database: database)
    func opens(_ key: EncryptionKey) async -> Bool {
      let configuration = installation.owner.with(
        database: database, user: role, password: key.databasePassword(for: .auth).exposed)
      guard let session = try? await Session.open(configuration) else { return false }
      await session.close()
      return true
    }
    #expect(await opens(new))
  }
}

private struct Interruption: Error {}
