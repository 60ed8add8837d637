import Crypto
import Foundation
import Logging
import OIDCRules
import Postgres
import ServiceKit
import Store

/// The signing keys, unsealed: this process's copy of what all `oidc` processes share.
actor KeyRing {
  /// What a request needs of the keys, at one moment.
  struct Keys: Sendable {
    let signing: SigningKey
    /// Every key that may have signed what is still valid.
    let verifying: [VerificationKey]
  }

  private let database: Database
  private let sealer: Sealer
  private let logger: Logger
  private(set) var current: Keys

  private init(_ database: Database, sealer: Sealer, current: Keys, logger: Logger) {
    self.database = database
    self.sealer = sealer
    self.current = current
    self.logger = logger
  }

  /// Opens the keys in the store, making data key and signing key if they are not there. Of several processes that start
  /// at once, one makes each.
  static func open(_ database: Database, keys: ServiceKeys, logger: Logger) async throws -> KeyRing {
    let sealer = try await dataSealer(database, under: Sealer(current: keys.keyEncryption))
    if let loaded = try await load(database, sealer) {
      return KeyRing(database, sealer: sealer, current: loaded, logger: logger)
    }
    try await makeFirstKey(database, sealer)
    logger.notice("made the signing key")
    guard let made = try await load(database, sealer) else { throw KeyRingFailure.noKey }
    return KeyRing(database, sealer: sealer, current: made, logger: logger)
  }

  /// Reads the keys again whenever another process says that they changed, and after every interruption.
  func follow() async {
    for await notice in database.notifications(on: SigningKeys.channel) {
      if case .disconnected = notice { continue }
      do {
        if let keys = try await Self.load(database, sealer) { current = keys }
      } catch {
        logger.error("the signing keys could not be read again: \(error)")
      }
    }
  }

  private static func load(_ database: Database, _ sealer: Sealer) async throws -> Keys? {
    let keys = try await database.read(SigningKeys.All()).compactMap { stored -> SigningKey? in
      guard let algorithm = SigningAlgorithm(rawValue: stored.algorithm) else { return nil }
      let der = try sealer.open(Array(stored.sealedPrivate), context: context(stored.kid))
      return try SigningKey(privateDER: der, algorithm: algorithm, id: stored.kid)
    }
    // OpenID Connect Core §15.1: RS256 is the one that every relying party knows.
    guard let signing = keys.last(where: { $0.algorithm == .rs256 }) else { return nil }
    return Keys(signing: signing, verifying: keys.map(\.verificationKey))
  }

  private static func makeFirstKey(_ database: Database, _ sealer: Sealer) async throws {
    let kid = Base64URL.encode(SystemRandomness().bytes(8))
    let key = try SigningKey.generate(.rs256, id: kid)
    let create = SigningKeys.Create(
      kid: kid, algorithm: key.algorithm.rawValue, publicJWK: key.verificationKey.jwk.value.jsonText,
      sealedPrivate: Data(try sealer.seal(key.privateDER, context: context(kid))))
    _ = try await database.write(create)
  }

  /// The data key: random, kept sealed under the key-encryption key, so that changing that one re-seals one row.
  private static func dataSealer(_ database: Database, under keyEncryption: Sealer) async throws -> Sealer {
    let context = "data-key/oidc"
    let fresh = try keyEncryption.seal(SystemRandomness().bytes(32), context: context)
    let create = DataKeys.Create(id: UUID(), service: .oidc, sealed: Data(fresh))
    if try await database.first(DataKeys.Get(service: .oidc)) == nil { _ = try await database.write(create) }
    guard let sealed = try await database.first(DataKeys.Get(service: .oidc)) else { throw KeyRingFailure.noKey }
    return Sealer(current: SymmetricKey(data: try keyEncryption.open(Array(sealed), context: context)))
  }

  private static func context(_ kid: String) -> String { "signing-key/\(kid)" }
}

enum KeyRingFailure: Error, CustomStringConvertible {
  case noKey

  var description: String { "the signing key could not be made: is this service's database role allowed to write?" }
}
