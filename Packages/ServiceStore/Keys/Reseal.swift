import Crypto
public import Foundation
public import LatchkeyProtocol
public import Store

/// What changing ENCRYPTION_KEY does to each kind of sealed value: opened with the old key, sealed with the new one.
/// Values in, values out; the rows are the caller's.
public struct Reseal: Sendable {
  /// Why a value could not be taken over.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  private let old: EncryptionKey
  private let new: EncryptionKey
  /// Of the old key, with what an earlier change wrote down.
  private let kept: [DataKeys.Kept]

  /// - Parameter kept: every key that is written down.
  public init(from old: EncryptionKey, to new: EncryptionKey, kept: [DataKeys.Kept]) {
    self.old = old
    self.new = new
    self.kept = kept
  }

  /// What `data_keys` must hold: every row that was there, and every key that must stay what it is.
  public func keys() throws -> [DataKeys.Kept] {
    var rows = try kept.map { row in
      guard let bytes = try? keys(old, row.owner).sealer(of: row.owner).open(Array(row.sealed), context: row.context)
      else { throw Failure(description: "The key \(row.context) cannot be opened with the encryption key.") }
      return try sealed(bytes, owner: row.owner, use: row.use)
    }
    for key in PersistedKey.allCases where !kept.contains(where: { $0.owner == key.owner && $0.use == key.use }) {
      let bytes = keys(old, key.owner).kept(key).withUnsafeBytes { Array($0) }
      rows.append(try sealed(bytes, owner: key.owner, use: key.use))
    }
    return rows
  }

  /// A secret among the settings, as base64url text.
  public func setting(_ sealed: String, name: String) throws -> String {
    do {
      let secret = try SettingSecrets(keys: keys(old, "shared")).open(sealed, as: name)
      return try SettingSecrets(keys: keys(new, "shared")).seal(secret, as: name)
    } catch {
      throw Failure(description: "The setting \(name) cannot be opened with the encryption key.")
    }
  }

  /// A mail that waits. Nil if it cannot be opened: then it could not have been sent either, and stays as it is.
  public func mail(_ sealed: Data, id: UUID) throws -> Data? {
    let context = MailOutbox.context(id)
    guard let plain = try? Sealer(current: keys(old, "shared").shared("outbox")).open(Array(sealed), context: context)
    else { return nil }
    return Data(try Sealer(current: keys(new, "shared").shared("outbox")).seal(plain, context: context))
  }

  private func sealed(_ bytes: [UInt8], owner: String, use: String) throws -> DataKeys.Kept {
    let context = DataKeys.context(owner: owner, use: use)
    let sealed = try keys(new, owner).sealer(of: owner).seal(bytes, context: context)
    return DataKeys.Kept(owner: owner, use: use, sealed: Data(sealed))
  }

  /// A service's derived keys; every service derives the shared ones.
  private func keys(_ key: EncryptionKey, _ owner: String) -> ServiceKeys {
    key.keys(for: Peer(rawValue: owner) ?? .admin)
  }
}

extension EncryptionKey {
  /// The keys of one service, including those that were written down.
  ///
  /// - Parameter kept: of any owner.
  public func keys(for service: Peer, kept: [DataKeys.Kept]) throws(KeyFailure) -> ServiceKeys {
    try keys(for: service).keeping(kept.filter { $0.owner == service.rawValue || $0.owner == "shared" })
  }
}
