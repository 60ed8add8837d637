import Foundation
import LatchkeyProtocol
public import Logging
public import ServiceKit
public import ServiceStore
import WebAuthn

/// The `auth` service: who is signed in, and how they proved it.
///
/// Owns ceremonies, passkeys, sessions, proofs and one-time codes. Must not know OAuth clients or signing keys.
/// It is not an actor: its handlers run concurrently, and one statement in the Store decides what must happen once.
public struct AuthService: Sendable {
  let settings: AuthSettings
  let store: StoreAccess
  let carried: CarriedState
  let tokens: KeyedHash
  let codes: KeyedHash
  let mail: MailOutbox
  let randomness: any Randomness
  let clock: any WallClock
  let logger: Logger
  let authenticators: AuthenticatorNames

  public init(
    settings: AuthSettings, store: StoreAccess, keys: ServiceKeys, logger: Logger,
    randomness: any Randomness = SystemRandomness(), clock: any WallClock = SystemClock()
  ) {
    self.settings = settings
    self.store = store
    self.carried = CarriedState(key: keys.carried, clock: clock, randomness: randomness)
    self.tokens = KeyedHash(key: keys.derive)
    self.codes = KeyedHash(key: keys.hash)
    self.mail = MailOutbox(keys: keys, randomness: randomness, clock: clock)
    self.randomness = randomness
    self.clock = clock
    self.logger = logger
    self.authenticators = AuthenticatorNames()
  }

  var relyingParty: RelyingParty { RelyingParty(id: settings.appURL.host, origins: [settings.appURL.origin]) }
}

/// What an operator decides about signing in.
public struct AuthSettings: Sendable {
  /// Its host is the relying-party id, its origin the only one accepted.
  public var appURL: AppURL
  /// The relying party's name, as the browser's passkey dialog may show it.
  public var appName: String
  /// A session ends after this long without use.
  ///
  /// The administrator's setting overrides it.
  public var sessionIdle: Duration
  /// Whether attempts are limited per network; off for operators who rate-limit in front of this program.
  public var limitsAttempts: Bool

  public init(appURL: AppURL, appName: String, sessionIdle: Duration, limitsAttempts: Bool = true) {
    self.appURL = appURL
    self.appName = appName
    self.sessionIdle = sessionIdle
    self.limitsAttempts = limitsAttempts
  }
}

/// Numbers of this service, each with its reason.
enum Limits {
  /// A ceremony's challenge: as long as the browser's own dialog is told to wait.
  static let ceremony = Duration.seconds(60)
  /// A spent challenge is remembered until its sealed state is refused as expired anyway, with room for clocks that
  /// differ.
  static let spentChallenge: TimeInterval = 300
  /// A fresh proof: long enough to press the button that it was asked for.
  static let proof = Duration.seconds(300)
  /// Passkeys of one account: more than anyone owns, few enough to list in one ceremony's options.
  static let passkeys = 50
  /// Characters of a passkey's name, as in the REST API.
  static let passkeyName = 50
  /// Characters of a one-time code; nothing longer is looked up.
  static let oneTimeCode = 64
  /// Characters of a sign-up link's token; nothing longer is looked up.
  static let signupToken = 64
  /// How long a session that began without a passkey may add one: time to read the page and to fetch a phone or a
  /// security key, and no more, since anyone who finds the browser open could add theirs.
  static let firstPasskey = Duration.seconds(15 * 60)
  /// How long ago a sign-in may have been and still count as a proof, as in the REST API.
  static let freshSignIn = Duration.seconds(60)
  /// The longest lifetime of a one-time code, as in the REST API.
  static let longestCode = Duration.seconds(31 * 24 * 3600)
  /// Candidates for a code, in case one is already taken: with a million short ones in use, one try in a thousand
  /// collides.
  static let codeCandidates = 4
  /// The window in which attempts at codes are counted: the lifetime of the short ones.
  static let codeWindow = Duration.seconds(15 * 60)
  /// Attempts per window from one network, across all instances. A person mistypes a few; a household behind one
  /// address has a few such people; a short code has 2³⁰ values, so a guesser needs a million years.
  static let attemptsPerNetwork = 30
  /// Attempts at a code that works in one browser only: that browser's user has the code in front of them.
  static let attemptsAtMailedCode = 5
}
