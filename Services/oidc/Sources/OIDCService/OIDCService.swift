import Foundation
import LatchkeyProtocol
public import Logging
import OIDCRules
public import Postgres
public import ServiceKit
public import ServiceStore
import Store

/// The `oidc` service: authorization requests, consent, codes, tokens, keys.
///
/// It reads the Store, asks `OIDCRules`, and writes what they decide; for the endpoints that OAuth and OpenID define it
/// writes the whole response. It must not know cookies, our routes (paths come with the message), pages or WebAuthn.
/// Any number of its processes may run: they remember nothing but the signing keys, and who has guessed at secrets too
/// often.
public struct OIDCService: Sendable {
  let settings: OIDCSettings
  let store: StoreAccess
  let keySchedule: KeySchedule
  let keyRing: KeyRing
  /// Derives what must come out the same when a request is repeated: codes and ids.
  let derived: KeyedHash
  /// Seals what a page carries while a person thinks.
  let carried: CarriedState
  /// The key that chosen client secrets are hashed under, here and where they are saved.
  let clientSecretKey: [UInt8]
  /// Compares imported secrets, until they are used for the first time.
  let bcrypt = Bcrypt()
  let secretGuesses = SecretGuesses()
  let clock: any WallClock
  let logger: Logger

  /// Opens the key ring, making the first signing key if there is none.
  public init(
    settings: OIDCSettings, database: Database, keys: ServiceKeys, logger: Logger, clock: any WallClock = SystemClock()
  ) async throws {
    self.settings = settings
    self.store = StoreAccess(database, logger: logger)
    self.keyRing = try await KeyRing.open(database, keys: keys, logger: logger)
    self.keySchedule = KeySchedule(
      database: database, keyRing: keyRing, days: settings.keyRotationDays, logger: logger)
    self.derived = KeyedHash(key: keys.derive)
    self.carried = CarriedState(key: keys.carried, clock: clock)
    self.clientSecretKey = keys.clientSecrets
    self.clock = clock
    self.logger = logger
  }

  /// Keeps the signing keys in step with the other processes'; returns when cancelled.
  public func followKeyChanges() async { await keyRing.follow() }

  /// Rotates the signing keys when they have signed for as long as the operator chose; returns when cancelled, or at
  /// once if they never rotate automatically.
  public func rotateKeysOnSchedule() async { await keySchedule.run() }

  /// The first step of `followKeyChanges`: every missing key is made.
  package func makeMissingKeys() async throws { try await keyRing.refresh() }

  /// One check of the schedule. - Returns: the algorithms that it rotated.
  package func rotateKeysThatAreDue() async throws -> [String] {
    try await keySchedule.rotateWhatIsDue().map(\.algorithm)
  }
}

/// What an operator decides about tokens.
public struct OIDCSettings: Sendable {
  /// `APP_URL`: the issuer.
  public var issuer: String
  /// `INTERNAL_APP_URL`, or the issuer.
  public var internalURL: String
  /// A session that is used here slides by this much.
  public var sessionIdle: Duration
  /// Days after which another key signs; 0 for never automatically.
  public var keyRotationDays: Int
  /// Whether guesses are bounded; `DISABLE_RATE_LIMITING` says no.
  public var limitsAttempts: Bool

  public init(
    issuer: String, internalURL: String, sessionIdle: Duration, keyRotationDays: Int = 90, limitsAttempts: Bool = true
  ) {
    self.issuer = issuer
    self.internalURL = internalURL
    self.sessionIdle = sessionIdle
    self.keyRotationDays = keyRotationDays
    self.limitsAttempts = limitsAttempts
  }
}

/// Lifetimes that no setting changes, each with its reason.
enum Lifetime {
  /// RFC 6749 §4.1.2 recommends ten minutes at most; an app's callback needs seconds.
  static let code = Duration.seconds(60)
  /// An unfinished authorization: long enough to fetch a security key from the next room, and lunch.
  static let interaction = Duration.seconds(3600)
  /// A page that asks whether to sign out. Afterwards it asks again.
  static let question = Duration.seconds(3600)
}

extension OIDCService {
  /// An id that the same request derives again, so that a repeated request stores nothing twice.
  func derivedUUID(_ purpose: String, _ call: Call) -> UUID { derived.uuid("\(call.id)", purpose: purpose) }

  func broken(_ error: any Error, _ call: Call) -> ServiceFailure {
    logger.error("\(error)", metadata: ["request": "\(call.id)"])
    return ServiceFailure(.internal, mayHaveHappened: true, "Something broke here; the log has the cause.")
  }
}
