import Encodings
import Foundation
import Launcher
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store
import TestKit

/// An installation with something in every place that hangs on the encryption key.
struct SealedInstallation: Sendable {
  /// What a key opens and makes.
  struct Contents: Equatable, Sendable {
    let dataKey: [UInt8]
    let setting: Secret
    let environmentSetting: Secret
    let mails: [Mail]
    /// Made with keys that stay.
    let codeHash: [UInt8]
    let clientSecrets: [UInt8]
    let link: [UInt8]
    let pruned: Data
  }

  let world: LauncherWorld
  let owner: DatabaseConfiguration
  let oldText = "the key before, 32 bytes long...."
  let old: EncryptionKey
  let source: KeySource
  private let keptInFolder: Bool

  /// - Parameter keptInFolder: the key is a file in DATA_DIR; otherwise the operator's variable.
  init(keptInFolder: Bool = false) async throws {
    world = try LauncherWorld()
    owner = try await freshOwner()
    old = try EncryptionKey(Array(oldText.utf8))
    source = KeySource(folder: world.folder)
    self.keptInFolder = keptInFolder
    if keptInFolder { try AtomicFile.write(oldText + "\n", to: source.path, permissions: 0o600) }
    let found = KeySource.Found(key: old, origin: keptInFolder ? source.path : "ENCRYPTION_KEY")
    _ = try await Preparation.run(owner: owner, keySource: source, found: found, opensSetup: true) { _ in }
    try await fill()
  }

  private func fill() async throws {
    let session = try await Session.open(owner)
    let keys = old.keys(for: .oidc)
    let dataKey = try Sealer(current: keys.keyEncryption).seal(
      [UInt8](repeating: 7, count: 32), context: DataKeys.context(owner: "oidc", use: ""))
    try await session.run(DataKeys.Create(id: UUID(), service: .oidc, sealed: Data(dataKey)))
    let secrets = SettingSecrets(keys: keys)
    try await session.run(
      ChosenSettings.Save(chosen: [:], sealed: ["smtpPassword": try secrets.seal(Secret("hush"), as: "smtpPassword")]))
    try await session.run(
      ChosenSettings.SaveEnvironment(
        chosen: [:], sealed: ["smtpPassword": try secrets.seal(Secret("env"), as: "smtpPassword")]))
    // More than one batch of mail.
    let desk = MailOutbox(keys: keys)
    for number in 0..<(EncryptionKeyChange.Outbox.batch + 3) {
      let mail = Mail(.test, to: "\(number)@example.com")
      try await session.run(Outbox.Post(try desk.item(mail, id: UUID()), about: nil))
    }
    await session.close()
  }

  func rotation(
    to newText: String, found: String? = nil,
    reached: @escaping @Sendable (EncryptionKeyRotation.Step) async throws -> Void = { _ in }
  ) throws -> EncryptionKeyRotation {
    let key: KeySource.Found? =
      keptInFolder
      ? try source.find(in: Environment([:]))
      : KeySource.Found(key: try EncryptionKey(Array((found ?? oldText).utf8)), origin: "ENCRYPTION_KEY")
    guard let url = AppURL("http://localhost:1411") else { throw LaunchFailure("the address is wrong") }
    let place = CommandContext(owner: owner, keySource: source, key: key, appURL: url)
    return try EncryptionKeyRotation(place, to: newText, progress: { _ in }, reached: reached)
  }

  /// The key that `serve` would go on with.
  func settledKey() async throws -> EncryptionKey {
    let session = try await Session.open(owner)
    let check = try await session.run(Instance.CheckValue()).rows.first.map(Array.init)
    await session.close()
    let found =
      keptInFolder ? try source.find(in: Environment([:])) : KeySource.Found(key: old, origin: "ENCRYPTION_KEY")
    return try source.settle(found, check: check) { _ in }
  }

  /// Everything, opened with a key as the services would.
  func contents(_ key: EncryptionKey) async throws -> Contents {
    let session = try await Session.open(owner)
    let kept = try await session.run(EncryptionKeyChange.Keys()).rows
    let settings = try await session.run(EncryptionKeyChange.Settings()).rows
    let mails = try await session.run(AllMail()).rows
    await session.close()
    let (auth, oidc, admin) = (
      try key.keys(for: .auth, kept: kept), try key.keys(for: .oidc, kept: kept), try key.keys(for: .admin, kept: kept)
    )
    let desk = MailOutbox(keys: admin)
    let secrets = SettingSecrets(keys: admin)
    return Contents(
      dataKey: try Sealer(current: oidc.keyEncryption).open(
        Array(kept.first { $0.owner == "oidc" && $0.use.isEmpty }?.sealed ?? Data()),
        context: DataKeys.context(owner: "oidc", use: "")),
      setting: try secrets.open(settings.first?.sealed["smtpPassword"] ?? "", as: "smtpPassword"),
      environmentSetting: try secrets.open(settings.first?.environment?["smtpPassword"] ?? "", as: "smtpPassword"),
      mails: mails.compactMap { desk.open($0.sealed, id: $0.id) },
      codeHash: KeyedHash(key: auth.hash).hash("ABC123", purpose: OneTimeCodes.purpose),
      clientSecrets: oidc.clientSecrets + admin.clientSecrets,
      link: KeyedHash(key: admin.links).hash("id", purpose: "signup-link"),
      pruned: AuditChain(keys: admin).prunedSeal(batch: 1, seal: Data(), at: 0))
  }

  /// The columns in which something is sealed with a key that is derived from this one, whatever the column is called.
  func sealedBy(_ key: EncryptionKey) async throws -> Set<String> {
    var ids: Set<String> = []
    for service in [Peer.auth, .oidc, .admin] {
      let keys = key.keys(for: service)
      for one in [
        keys.keyEncryption, keys.carried, keys.derive, keys.shared("outbox"), keys.shared("settings"),
        keys.shared("key-encryption"),
      ] {
        ids.insert(([1] + Sealer(current: one).keyID).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined())
      }
    }
    let session = try await Session.open(owner)
    var found: Set<String> = []
    for column in try await session.run(ColumnsOfBytes()).rows {
      for value in try await session.run(Values(column: column)).rows where ids.contains(value) { found.insert(column) }
    }
    let settings = try await session.run(EncryptionKeyChange.Settings()).rows.first
    await session.close()
    for text in Array((settings?.sealed ?? [:]).values) + Array((settings?.environment ?? [:]).values) {
      let start = (Base64URL.decode(text) ?? []).prefix(5).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
      if ids.contains(start) { found.insert("settings.sealed") }
    }
    return found
  }

  func sql(_ text: String) async throws {
    let session = try await Session.open(owner)
    try await session.unsafeScript(text)
    await session.close()
  }

  func entries(_ event: AuditEvent) async throws -> Int {
    let session = try await Session.open(owner)
    let rows = try await session.run(Entries(event: event.rawValue)).rows
    await session.close()
    return Int(rows.first ?? 0)
  }
}

private struct Entries: Statement {
  static let sql = "SELECT count(*) FROM audit_log WHERE event = $1"

  let event: String

  var bindings: Bindings { Bindings(event) }

  static func decode(_ row: inout RowReader) throws(RowError) -> Int64 { try row.next() }
}

private struct AllMail: Statement {
  static let sql = "SELECT id, sealed FROM outbox ORDER BY id"

  static func decode(_ row: inout RowReader) throws(RowError) -> (id: UUID, sealed: Data) {
    (try row.next(), try row.next())
  }
}

private struct ColumnsOfBytes: Statement {
  static let sql = """
    SELECT table_name || '.' || column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type = 'bytea' ORDER BY 1
    """

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}

/// The first five bytes of every value of a column, which a sealed value begins with: its version and its key's id.
private struct Values: Statement {
  static let sql = """
    SELECT DISTINCT substr((xpath('//v/text()', row))[1]::text, 1, 10) FROM unnest(xpath('/table/row', query_to_xml(
      format('SELECT encode(%I, ''hex'') AS v FROM %I', split_part($1, '.', 2), split_part($1, '.', 1)),
      false, false, ''))) AS row
    WHERE (xpath('//v/text()', row))[1] IS NOT NULL
    """

  let column: String

  var bindings: Bindings { Bindings(column) }

  static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
}
