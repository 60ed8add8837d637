import Foundation
import LatchkeyProtocol
import Postgres
public import ServiceKit
package import ServiceStore
import Store

/// Changes ENCRYPTION_KEY: one transaction renews everything that depends on it. Until it commits the old key counts,
/// from then on the new one; there is nothing in between, however this ends.
public struct EncryptionKeyRotation: Sendable {
  /// Where a test may interrupt it.
  package enum Step: String, CaseIterable, Sendable {
    case begun, keyNoted, keysSealed, settingsSealed, mailSealed, rolesChanged, recorded, committed, keyPlaced
  }

  /// How long a client may ask again for the contents of a response that it lost (`Lifetime` of the oidc service).
  static let settling: Double = 30
  /// How long it waits for services that are shutting down.
  static let patience = Duration.seconds(5)

  private let place: CommandContext
  private let new: EncryptionKey
  private let newText: String
  private let progress: @Sendable (String) -> Void
  private let reached: @Sendable (Step) async throws -> Void

  /// - Parameters:
  ///   - newText: the new key, as ENCRYPTION_KEY will have it.
  ///   - progress: told about steps that take a while.
  ///   - reached: called after each step; an error that it throws ends the rotation there.
  package init(
    _ place: CommandContext, to newText: String, progress: @escaping @Sendable (String) -> Void,
    reached: @escaping @Sendable (Step) async throws -> Void = { _ in }
  ) throws(KeyFailure) {
    self.place = place
    self.newText = newText
    self.new = try EncryptionKey(Array(newText.utf8))
    self.progress = progress
    self.reached = reached
  }

  /// Changes the key of the installation that `serve` would run with the same environment, and that is not running.
  ///
  /// - Parameter newText: nil to generate one, when the key is kept in DATA_DIR.
  /// - Returns: the file that now holds the new key; nil when the operator keeps it.
  public static func run(
    _ environment: Environment, to newText: String?, progress: @escaping @Sendable (String) -> Void
  ) async throws -> String? {
    let settings = try ServeSettings(environment)
    try FileManager.default.createDirectory(atPath: settings.folder, withIntermediateDirectories: true)
    // `serve` takes the same lock: neither can begin while the other works.
    let lock = try LaunchLock(folder: settings.folder)
    defer { withExtendedLifetime(lock) {} }
    _ = await lock.endLeftovers()
    return try await CommandContext.with(environment) { place in
      let isOurs = place.key?.origin == place.keySource.path
      guard let text = newText ?? (isOurs ? EncryptionKey.generate(from: SystemRandomness()) : nil) else {
        throw LaunchFailure("Say what the new key is with --new-key, for example from: openssl rand -base64 32")
      }
      return try await EncryptionKeyRotation(place, to: text, progress: progress).run()
    }
  }

  /// - Returns: the file that now holds the new key; nil when the operator keeps it.
  package func run() async throws -> String? {
    let session = try await Session.open(place.owner)
    do {
      let file = try await run(session)
      await session.close()
      return file
    } catch {
      // Closing the connection rolls back what was begun.
      await session.close()
      throw error
    }
  }

  private func run(_ session: Session) async throws -> String? {
    guard let check = try await Preparation.checkValue(session) else {
      throw LaunchFailure("There is no data here yet: there is no key to change.")
    }
    let old = try place.keySource.settle(place.key, check: check, progress: progress)
    guard new.checkValue != old.checkValue else { throw LaunchFailure("This is the encryption key already.") }
    try await waitUntilAlone(session)
    try await reached(.begun)
    let isOurs = place.key?.origin == place.keySource.path
    if isOurs { try place.keySource.note(newText) }
    try await reached(.keyNoted)
    try await session.unsafeScript("BEGIN")
    guard try await session.run(EncryptionKeyChange.Lock()).rows.first == Data(check) else {
      throw LaunchFailure("The encryption key was changed by somebody else at this moment. Nothing was changed here.")
    }
    try await renew(session, from: old)
    try await session.unsafeScript("COMMIT")
    try await reached(.committed)
    if isOurs { try place.keySource.adoptNoted() }
    try await reached(.keyPlaced)
    return isOurs ? place.keySource.path : nil
  }

  /// Renews everything that `AtRest` calls renewed, and the roles' passwords.
  private func renew(_ session: Session, from old: EncryptionKey) async throws {
    let reseal = Reseal(from: old, to: new, kept: try await session.run(EncryptionKeyChange.Keys()).rows)
    for renewal in AtRest.Renewal.allCases {
      switch renewal {
      case .encryptionCheck: try await session.run(EncryptionKeyChange.SetCheck(Data(new.checkValue)))
      case .keys:
        for key in try reseal.keys() { try await session.run(EncryptionKeyChange.SetKey(key)) }
        try await reached(.keysSealed)
      case .settings:
        try await renewSettings(session, reseal)
        try await reached(.settingsSealed)
      case .outbox:
        try await renewOutbox(session, reseal)
        try await reached(.mailSealed)
      }
    }
    try await Preparation.setPasswords(session, new)
    try await reached(.rolesChanged)
    let entry = AuditEntry(
      id: UUID(), .encryptionKeyRotated, address: "", userAgent: "latchkey encryption-key-rotate",
      request: RequestID())
    try await session.run(AuditLog.Insert(entry))
    try await reached(.recorded)
  }

  private func renewSettings(_ session: Session, _ reseal: Reseal) async throws {
    guard let settings = try await session.run(EncryptionKeyChange.Settings()).rows.first else { return }
    func renewed(_ texts: [String: String]) throws -> [String: String] {
      var new: [String: String] = [:]
      for (name, text) in texts { new[name] = try reseal.setting(text, name: name) }
      return new
    }
    try await session.run(
      EncryptionKeyChange.SetSettings(
        sealed: try renewed(settings.sealed), environment: try settings.environment.map(renewed)))
  }

  private func renewOutbox(_ session: Session, _ reseal: Reseal) async throws {
    var last = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    while true {
      let rows = try await session.run(EncryptionKeyChange.Outbox(after: last)).rows
      for row in rows {
        guard let sealed = try reseal.mail(row.sealed, id: row.id) else { continue }
        try await session.run(EncryptionKeyChange.SetMail(id: row.id, sealed: sealed))
      }
      guard rows.count == EncryptionKeyChange.Outbox.batch, let end = rows.last?.id else { return }
      last = end
    }
  }

  /// A running service holds the old key, and would seal data with it that could not be opened afterwards.
  private func waitUntilAlone(_ session: Session) async throws {
    let deadline = ContinuousClock.now + Self.patience
    while true {
      let running = try await session.run(EncryptionKeyChange.Running()).rows
      if running.isEmpty { break }
      guard ContinuousClock.now < deadline else {
        throw LaunchFailure(
          "\(running.joined(separator: ", ")) still use this database. Stop Latchkey everywhere first: what runs holds the old key. Nothing was changed."
        )
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    let rest = try await session.run(EncryptionKeyChange.Unsettled(seconds: Self.settling)).rows.first ?? 0
    guard rest > 0 else { return }
    progress("An app has just renewed its tokens, and may ask for them once more: waiting \(Int(rest.rounded(.up))) s.")
    try await Task.sleep(for: .seconds(rest))
  }
}
