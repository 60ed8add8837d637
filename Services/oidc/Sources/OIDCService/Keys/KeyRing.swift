import Crypto
import Dispatch
import Encodings
import Foundation
import Logging
import OIDCRules
import Postgres
import ServiceKit
import ServiceStore
import Store

// Keys/ owns the signing keys: opened, published, rotated and taken away. It must not know what is signed with them.

/// The signing keys, unsealed: this process's copy of what all `oidc` processes share.
///
/// The Store decides which key signs (`SigningKeys`). Until a process hears of a change, it signs with the key that was
/// current before, which is accepted everywhere for as long as what it signs can be valid.
actor KeyRing {
  /// How often the keys are read without a notification, so that a lost connection never leaves an old set in use for
  /// longer. It reads a dozen rows.
  static let interval = Duration.seconds(10)

  private let database: Database
  private let sealer: Sealer
  private let logger: Logger
  private(set) var current: SigningKeySet
  /// Private halves that were opened before, by `kid`.
  private var opened: [String: SigningKey] = [:]
  private var asked = 0
  private var applied = 0

  private init(_ database: Database, sealer: Sealer, logger: Logger) {
    self.database = database
    self.sealer = sealer
    self.logger = logger
    current = SigningKeySet(current: [], verifying: [], remembered: [])
  }

  /// What apps get unless they ask for something else: without these, no app can be served. RSA keys take a while to
  /// make, so at an installation's first start the rest comes a moment later, before any app can have asked for it.
  static let neededAtOnce: [SigningAlgorithm] = [.rs256, .es256]

  /// Opens the keys in the store, making the data key and the first keys that sign. Of several processes that start at
  /// once, one makes each. What else is missing is made by `follow`.
  static func open(_ database: Database, keys: ServiceKeys, logger: Logger) async throws -> KeyRing {
    let sealer = try await dataSealer(database, under: Sealer(current: keys.keyEncryption))
    let ring = KeyRing(database, sealer: sealer, logger: logger)
    _ = try await ring.read()
    let current = await ring.current
    let missing = neededAtOnce.filter { (try? current.signing($0)) == nil }
    if !missing.isEmpty {
      try await ring.make(missing)
      _ = try await ring.read()
    }
    // If two processes made one, one of them won.
    for algorithm in neededAtOnce { _ = try await ring.current.signing(algorithm) }
    return ring
  }

  /// Reads the keys whenever another process says that they changed, after every interruption, and every so often.
  /// Returns when cancelled.
  func follow() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for await notice in self.database.notifications(on: SigningKeys.channel) where notice != .disconnected {
          await self.refreshOrSay()
        }
      }
      group.addTask {
        while (try? await Task.sleep(for: Self.interval)) != nil { await self.refreshOrSay() }
      }
    }
  }

  /// What is published (RFC 7517 §5). During an installation's first start, another process may have made a key, and
  /// sign with it, that this one has not heard of: until there is one of each, the set is read again. If that fails,
  /// the known keys are published, and `follow` says why.
  func published() async -> [VerificationKey] {
    if SigningAlgorithm.allCases.contains(where: { (try? current.signing($0)) == nil }) { _ = try? await read() }
    return current.verifying
  }

  private func refreshOrSay() async {
    do { try await refresh() } catch {
      if !Task.isCancelled { logger.error("the signing keys could not be read again: \(error)") }
    }
  }

  /// Takes over what the store has, and makes the keys that are missing there.
  func refresh() async throws {
    // The second round reads what the first one made; whatever another process made meanwhile counts as well.
    for _ in 0..<2 {
      let missing = try await read()
      if missing.isEmpty { return }
      try await make(missing)
    }
    _ = try await read()
  }

  /// - Returns: the algorithms whose current or next key is missing, once for each.
  private func read() async throws -> [SigningAlgorithm] {
    asked += 1
    let ticket = asked
    let stored = try await database.read(SigningKeys.All())
    // Two reads may end in a different order than they began.
    if ticket > applied {
      try apply(stored)
      applied = ticket
    }
    return SigningAlgorithm.allCases.flatMap { algorithm in
      let states = stored.filter { $0.algorithm == algorithm.rawValue }.map(\.state)
      return [SigningKeys.State.current, .next].filter { !states.contains($0) }.map { _ in algorithm }
    }
  }

  private func apply(_ stored: [SigningKeys.Stored]) throws {
    var signing: [SigningKey] = []
    var verifying: [VerificationKey] = []
    var remembered: [VerificationKey] = []
    var opened: [String: SigningKey] = [:]
    for row in stored.sorted(by: Self.comesFirst) {
      // A key of an algorithm that this build does not know is not ours.
      guard let jwk = PublicJWK(try JSONValue(json: Array(row.publicJWK.utf8))) else { continue }
      // The previous one remembers what it has verified.
      let key = try current.hinting.first { $0.jwk == jwk } ?? VerificationKey(jwk: jwk)
      if row.isPublished { verifying.append(key) } else { remembered.append(key) }
      guard let sealed = row.sealedPrivate else { continue }
      let whole = try self.opened[row.kid] ?? open(Array(sealed), row.kid, jwk.algorithm)
      opened[row.kid] = whole
      if row.state == .current { signing.append(whole) }
    }
    self.opened = opened
    current = SigningKeySet(current: signing, verifying: verifying, remembered: remembered)
  }

  /// Signing keys come first, RS256 before all: apps that look for no name take the first key that they understand.
  static func comesFirst(_ one: SigningKeys.Stored, _ other: SigningKeys.Stored) -> Bool {
    (rank(one), one.publishedAt, one.kid) < (rank(other), other.publishedAt, other.kid)
  }

  private static func rank(_ key: SigningKeys.Stored) -> Int {
    let states: [SigningKeys.State] = [.current, .next, .retired]
    let algorithms = SigningAlgorithm.allCases.map(\.rawValue)
    return (states.firstIndex(of: key.state) ?? 0) * (algorithms.count + 1)
      + (algorithms.firstIndex(of: key.algorithm) ?? algorithms.count)
  }

  private func open(_ sealed: [UInt8], _ kid: String, _ algorithm: SigningAlgorithm) throws -> SigningKey {
    let bytes = try sealer.open(sealed, context: Self.context(kid))
    return try SigningKey(privateBytes: bytes, algorithm: algorithm, id: kid)
  }

  private func make(_ algorithms: [SigningAlgorithm]) async throws {
    try await withThrowingTaskGroup(of: SigningKey.self) { group in
      for algorithm in algorithms { group.addTask { try await Self.generate(algorithm) } }
      for try await key in group {
        let publish = SigningKeys.Publish(
          kid: key.id, algorithm: key.algorithm.rawValue, publicJWK: key.verificationKey.jwk.value.jsonText,
          sealedPrivate: Data(try sealer.seal(key.privateBytes, context: Self.context(key.id))))
        guard try await database.write(publish).count == 1 else { continue }
        logger.notice("made a signing key", metadata: ["algorithm": "\(key.algorithm.rawValue)", "kid": "\(key.id)"])
      }
    }
  }

  /// RSA takes a good part of a second: on its own thread, so that requests are answered meanwhile.
  private static func generate(_ algorithm: SigningAlgorithm) async throws -> SigningKey {
    let kid = Base64URL.encode(SystemRandomness().bytes(8))
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global(qos: .utility).async {
        continuation.resume(with: Result { try SigningKey.generate(algorithm, id: kid) })
      }
    }
  }

  /// The data key: random, stored sealed under the key-encryption key, so that changing the latter re-seals one row.
  private static func dataSealer(_ database: Database, under keyEncryption: Sealer) async throws -> Sealer {
    let context = DataKeys.context(owner: "oidc", use: "")
    let fresh = try keyEncryption.seal(SystemRandomness().bytes(32), context: context)
    let create = DataKeys.Create(id: UUID(), service: .oidc, sealed: Data(fresh))
    if try await database.first(DataKeys.Get(service: .oidc)) == nil { _ = try await database.write(create) }
    guard let sealed = try await database.first(DataKeys.Get(service: .oidc)) else { throw KeyRingFailure.noDataKey }
    return Sealer(current: SymmetricKey(data: try keyEncryption.open(Array(sealed), context: context)))
  }

  private static func context(_ kid: String) -> String { "signing-key/\(kid)" }
}
