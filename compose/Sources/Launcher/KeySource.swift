import Encodings
import Foundation
import Glibc
public import ServiceKit
public import ServiceStore

/// Where the encryption key comes from: `ENCRYPTION_KEY`, the file that `ENCRYPTION_KEY_FILE` names, or a file of our
/// own in the data folder.
public struct KeySource: Sendable {
  public enum Failure: Error, Sendable, CustomStringConvertible {
    case unusable(String)
    case unreadable(path: String)
    /// There is data, and no key for it.
    case missing(path: String)
    /// There is data, made with another key.
    case wrong(origin: String)

    public var description: String {
      switch self {
      case .unusable(let sentence): sentence
      case .unreadable(let path): "\(path) cannot be read; it holds the encryption key."
      case .missing(let path):
        "There is data, but no encryption key: set ENCRYPTION_KEY, or put the file \(path) back. Nothing was changed."
      case .wrong(let origin):
        "The encryption key (\(origin)) is not the one that the data was made with. Nothing was changed."
      }
    }
  }

  /// A key and where it was found, for messages.
  public struct Found: Sendable {
    public let key: EncryptionKey
    public let origin: String

    package init(key: EncryptionKey, origin: String) {
      self.key = key
      self.origin = origin
    }
  }

  /// The file that a generated key is kept in.
  public let path: String
  /// The file of the key that will replace it, while `latchkey encryption-key-rotate` runs.
  private var notedPath: String { path + ".next" }

  /// - Parameter folder: DATA_DIR.
  public init(folder: String) { path = folder + "/encryption-key" }

  /// The variable, which is read as bytes: a key file's line end is part of the key, as it is for Pocket ID.
  public static let setting = Setting<[UInt8]>(
    bytes: "ENCRYPTION_KEY",
    help: "The key that protects secrets at rest, at least 16 bytes (made on first start when unset).",
    expecting: "at least 16 bytes", file: .exact, isSecret: true
  ) { $0 }.optional

  /// The key that is configured or was generated before; nil where there is none. The placeholder counts as none.
  public func find(in environment: Environment) throws -> Found? {
    let configured = try environment.read(Self.setting)
    if let bytes = configured, !EncryptionKey.isPlaceholder(bytes) {
      return Found(key: try Self.key(bytes), origin: environment["ENCRYPTION_KEY_FILE"] ?? "ENCRYPTION_KEY")
    }
    return try read(path).map { Found(key: $0, origin: path) }
  }

  /// Keeps a key beside the current one, so that it is not lost once the data uses it.
  func note(_ text: String) throws { try AtomicFile.write(text + "\n", to: notedPath, permissions: 0o600) }

  /// Makes the noted key the current one.
  func adoptNoted() throws {
    guard rename(notedPath, path) == 0 else {
      throw LaunchFailure(
        "\(notedPath) holds the encryption key now, and cannot be renamed to \(path). Do that by hand.")
    }
  }

  private func read(_ path: String) throws -> EncryptionKey? {
    guard access(path, F_OK) == 0 else { return nil }
    guard let content = FileManager.default.contents(atPath: path) else { throw Failure.unreadable(path: path) }
    let text = String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return try Self.key(Array(text.utf8))
  }

  /// The key for data with this check value (nil: no data yet), generated where neither exists.
  ///
  /// - Parameter progress: told when a key was generated.
  public func settle(
    _ found: Found?, check: [UInt8]?, randomness: some Randomness = SystemRandomness(), progress: (String) -> Void
  ) throws -> EncryptionKey {
    switch (found, check) {
    case (let found?, let check?):
      if ConstantTime.equal(found.key.checkValue, check) { return found.key }
      // The data has its new key, but the process that changed it could not finish here.
      guard found.origin == path, let noted = try read(notedPath), ConstantTime.equal(noted.checkValue, check) else {
        throw Failure.wrong(origin: found.origin)
      }
      try adoptNoted()
      progress("The change of the encryption key was completed: the new one is in \(path).")
      return noted
    case (let found?, nil): return found.key
    case (nil, _?): throw Failure.missing(path: path)
    case (nil, nil):
      let text = EncryptionKey.generate(from: randomness)
      try AtomicFile.write(text + "\n", to: path, permissions: 0o600)
      progress("A new encryption key was made: \(path). Keep a copy in a safe place; without it the data is of no use.")
      return try Self.key(Array(text.utf8))
    }
  }

  private static func key(_ bytes: [UInt8]) throws(Failure) -> EncryptionKey {
    do { return try EncryptionKey(bytes) } catch { throw .unusable(error.description) }
  }
}
