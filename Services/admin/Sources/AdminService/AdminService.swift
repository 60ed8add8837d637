public import LatchkeyProtocol
public import Logging
import Pictures
public import ServiceKit

/// The `admin` service: people and clients.
///
/// Owns the directory that the others read. Must not know ceremonies or private signing keys.
public struct AdminService: AdminAPI {
  let store: StoreAccess
  /// Derives what must come out the same when a request is repeated.
  let derived: KeyedHash
  let settingSecrets: SettingSecrets
  /// What settings are where nobody chose, by name: the operator may say so in the environment.
  let defaults: [String: String]
  let mail: MailDesk
  let appURL: AppURL
  let logger: Logger
  let workshop = Workshop()
  let outbound: OutboundHTTP

  /// - Parameters:
  ///   - defaults: what settings are where nobody chose.
  ///   - outbound: how logos are fetched from addresses.
  public init(
    store: StoreAccess, keys: ServiceKeys, appURL: AppURL, logger: Logger, defaults: [String: String] = [:],
    outbound: OutboundHTTP = OutboundHTTP()
  ) {
    self.store = store
    self.derived = KeyedHash(key: keys.derive)
    self.settingSecrets = SettingSecrets(keys: keys)
    self.defaults = defaults
    self.mail = MailDesk(keys: keys)
    self.appURL = appURL
    self.logger = logger
    self.outbound = outbound
  }

  /// The caller, if it is an administrator: at a browser, or by a key of the API.
  func administrator(_ call: Call) async throws(ServiceFailure) -> Result<Principal, Denied> {
    guard let principal = try await store.principal(call) else { return .failure(Denied(.notSignedIn)) }
    guard principal.user.isAdmin else { return .failure(Denied(.notAdministrator)) }
    return .success(principal)
  }
}

struct Denied: Error {
  let denial: Admin.Denial

  init(_ denial: Admin.Denial) { self.denial = denial }
}

/// Numbers of this service, each with its reason.
enum Limits {
  /// Characters of a client's name and description, as in the REST API.
  static let clientName = 50
  static let clientDescription = 150
  /// Callback URLs of one client: the largest known app needs a handful.
  static let callbackURLs = 50
  /// Secrets of one client, as in the REST API.
  static let secrets = 20
  /// Minutes that a token may live: a year.
  static let tokenMinutes = 1...525_600
  /// How long creating a client counts as the proof for its first secret: as long as a proof lives.
  static let creatorWindow = Duration.seconds(180)
  /// Characters of an API key's name and description, as in the REST API; the description's bound is ours.
  static let apiKeyName = 3...50
  static let apiKeyDescription = 300
  /// Keys of one user: one for each script that anybody runs, and few enough to look through.
  static let apiKeys = 100
  /// Letters and digits of a key: over 190 random bits.
  static let apiKeyLetters = 32
  /// Seconds since 1970 of the year 10000: RFC 3339 has no later one.
  static let lastDate = 253_402_300_800.0
  /// Characters of a search; longer ones find nothing that shorter ones do not.
  static let search = 100
  /// Parts of one upload before its rest: 2 MiB in parts of 768 KiB.
  static let uploadParts = 3
  /// How long parts are kept: their request is over in seconds, with all its repetitions.
  static let uploadLife = Duration.seconds(120)
  /// Bytes of parts that one person may have here: a few uploads of the largest size.
  static let uploadQuota = 16 << 20
  /// How long a logo may take to arrive, as in the REST API.
  static let logoFetch = Duration.seconds(15)
}
