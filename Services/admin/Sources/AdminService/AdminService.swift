import LatchkeyProtocol
public import Logging
import OIDCRules
import Pictures
public import ServiceKit
public import ServiceStore

/// The `admin` service: people and clients.
///
/// Owns the directory that the others read. Must not know ceremonies or private signing keys.
public struct AdminService: Sendable {
  let store: StoreAccess
  /// Derives values that must be the same when a request is repeated.
  let derived: KeyedHash
  /// Makes sign-up links, which are shown again for as long as they live.
  let links: KeyedHash
  let settingSecrets: SettingSecrets
  /// Values of settings that were not chosen, by name: the operator may set them in the environment.
  let defaults: [String: String]
  /// The key under which chosen client secrets are hashed, here and where they are compared.
  let clientSecretKey: [UInt8]
  let mail: MailOutbox
  let appURL: AppURL
  let logger: Logger
  let workshop = Workshop()
  let outbound: OutboundHTTP
  /// The networks that the audit log calls internal.
  private(set) var places = AuditLogPlaces()

  /// - Parameters:
  ///   - defaults: values of settings that were not chosen.
  ///   - outbound: how logos are fetched from addresses.
  public init(
    store: StoreAccess, keys: ServiceKeys, appURL: AppURL, logger: Logger, defaults: [String: String] = [:],
    outbound: OutboundHTTP = OutboundHTTP()
  ) {
    self.store = store
    self.derived = KeyedHash(key: keys.derive)
    self.links = KeyedHash(key: keys.links)
    self.settingSecrets = SettingSecrets(keys: keys)
    self.defaults = defaults
    self.clientSecretKey = keys.clientSecrets
    self.mail = MailOutbox(keys: keys)
    self.appURL = appURL
    self.logger = logger
    self.outbound = outbound
  }

  /// The same service, with the operator's own ranges.
  public func calling(_ places: AuditLogPlaces) -> AdminService {
    var service = self
    service.places = places
    return service
  }
}

/// Numbers of this service, each with its reason.
enum Limits {
  /// Changes of one kind that people may make to their own account per hour, its picture included: each leaves an entry
  /// in the audit log for as long as it is kept.
  static let ownChangesPerHour = 120
  /// Characters of a client's name and description, as in the REST API.
  static let clientName = 50
  static let clientDescription = 150
  /// Callback URLs of one client: the largest known app needs a handful, and scripts that list every host of a fleet
  /// have been seen. Each is compared with at every sign-in.
  static let callbackURLs = 200
  /// Characters of a known app's id: the longest has two dozen.
  static let knownApp = 64
  /// Secrets of one client, as in the REST API.
  static let secrets = 20
  /// Characters of a secret that an administrator chose: the REST API's minimum, and what the token endpoint reads.
  static let shortestSecret = 16
  static let longestSecret = OIDCRules.Limits.clientSecret
  /// Characters of a group's names, as in the REST API.
  static let groupName = 2...255
  static let groupFriendlyName = 2...50
  /// Members shown with a group; the rest is read page by page. More than one list can write back, so that a client
  /// that reads a list and writes it back never loses members that it did not show.
  static let groupUsersShown = 2000
  /// Members that can be set in one list: what fits the body of a request.
  static let groupUsersAtOnce = 1600
  /// Groups that may use one client, and clients that name one group: what fits the body of a request, several times
  /// over.
  static let groupsOfClient = 500
  static let clientsOfGroup = 500
  /// Names that an audit entry lists when a list changes; beyond that it gives their number.
  static let namesRecorded = 100
  /// Custom claims of one user or group, and bytes of their keys and values: all of a person's claims go into an ID
  /// token, which apps keep in cookies.
  static let claims = 50
  static let claimKey = 255
  static let claimValue = 4096
  /// Keys that are suggested.
  static let claimSuggestions = 100
  /// Minutes that a token may live: a year.
  static let tokenMinutes = 1...525_600
  /// How long creating a client counts as the proof for its first secret: as long as a proof lives.
  static let creatorWindow = Duration.seconds(180)
  /// Characters of an API key's name and description, as in the REST API; the description's bound is ours.
  static let apiKeyName = 3...50
  static let apiKeyDescription = 300
  /// Keys of one user: enough for one per script, and few enough to look through.
  static let apiKeys = 100
  /// Letters and digits of a key: over 190 random bits.
  static let apiKeyLetters = 32
  /// Seconds since 1970 of the year 10000: RFC 3339 has no later one.
  static let lastDate = 253_402_300_800.0
  /// Groups of one person: more than a person can tell apart, few enough for a token.
  static let groupsOfPerson = 500
  /// Parts of one upload before its rest: 2 MiB in parts of 768 KiB.
  static let uploadParts = 3
  /// How long parts are kept: their request is over in seconds, retries included.
  static let uploadLife = Duration.seconds(120)
  /// Bytes of parts that one person may have here: a few uploads of the largest size.
  static let uploadQuota = 16 << 20
  /// How long a logo may take to arrive, as in the REST API.
  static let logoFetch = Duration.seconds(15)
}
