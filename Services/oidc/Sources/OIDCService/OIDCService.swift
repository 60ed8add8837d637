import Foundation
public import LatchkeyProtocol
public import Logging
import OIDCRules
public import Postgres
public import ServiceKit

/// The `oidc` service: authorization requests, consent, codes, tokens, keys.
///
/// It reads the Store, asks `OIDCRules`, and writes what they decide. It must not know cookies, routes, HTTP statuses or
/// WebAuthn. Any number of its processes may run: nothing is remembered here but the signing keys.
public struct OIDCService: OIDCAPI {
  let settings: OIDCSettings
  let store: StoreAccess
  let keyRing: KeyRing
  /// Derives what must come out the same when a request is repeated: codes and ids.
  let derived: KeyedHash
  /// What chosen client secrets are hashed under, here and where they are saved.
  let clientSecretKey: [UInt8]
  /// Compares imported secrets, until they are used for the first time.
  let bcrypt = Bcrypt()
  let clock: any WallClock
  let logger: Logger

  /// Opens the key ring, making the first signing key if there is none.
  public init(
    settings: OIDCSettings, database: Database, keys: ServiceKeys, logger: Logger, clock: any WallClock = SystemClock()
  ) async throws {
    self.settings = settings
    self.store = StoreAccess(database, logger: logger)
    self.keyRing = try await KeyRing.open(database, keys: keys, logger: logger)
    self.derived = KeyedHash(key: keys.derive)
    self.clientSecretKey = keys.sharedBytes("client-secrets")
    self.clock = clock
    self.logger = logger
  }

  /// Keeps the signing keys in step with the other processes'; returns when cancelled.
  public func followKeyChanges() async { await keyRing.follow() }
}

/// What an operator decides about tokens.
public struct OIDCSettings: Sendable {
  /// `APP_URL`: the issuer.
  public var issuer: String
  /// `INTERNAL_APP_URL`, or the issuer.
  public var internalURL: String
  /// A session that is used here slides by this much.
  public var sessionIdle: Duration

  public init(issuer: String, internalURL: String, sessionIdle: Duration) {
    self.issuer = issuer
    self.internalURL = internalURL
    self.sessionIdle = sessionIdle
  }
}

/// Lifetimes that no setting changes, each with its reason.
enum Lifetime {
  /// RFC 6749 §4.1.2 recommends ten minutes at most; an app's callback needs seconds.
  static let code = Duration.seconds(60)
  /// An unfinished authorization: long enough to fetch a security key from the next room, and lunch.
  static let interaction = Duration.seconds(3600)
}

extension OIDCService {
  /// An id that the same request makes again, so that a repeated request stores nothing twice.
  func derivedUUID(_ purpose: String, _ call: Call) -> UUID { derived.uuid("\(call.id)", purpose: purpose) }

  func broken(_ error: any Error, _ call: Call) -> ServiceFailure {
    logger.error("\(error)", metadata: ["request": "\(call.id)"])
    return ServiceFailure(.internal, mayHaveHappened: true, "Something broke here; the log has the cause.")
  }
}
