public import Foundation

/// The messages of the `auth` service: ceremonies, passkeys, sessions, set-up and one-time codes.
/// It owns who is signed in; it must not know OAuth clients or signing keys.
public enum Auth {
  /// A WebAuthn ceremony that has begun.
  public struct Ceremony: Codable, Sendable, Equatable {
    /// PublicKeyCredentialCreationOptionsJSON or PublicKeyCredentialRequestOptionsJSON (W3C WebAuthn §5.1.8–9), UTF-8.
    public var options: String
    /// The ceremony's state, sealed by `auth`; the browser carries it in a cookie and brings it back to finish.
    public var state: Secret

    public init(options: String, state: Secret) {
      self.options = options
      self.state = state
    }
  }

  /// What the browser brings back to finish a ceremony.
  public struct CeremonyAnswer: Codable, Sendable, Equatable {
    /// RegistrationResponseJSON or AuthenticationResponseJSON, as received.
    public var credential: String
    /// The sealed state; nil when the browser brought none.
    public var state: Secret?
    /// Refusals beyond the method's first version that the caller understands, by their words; it gets any other such
    /// refusal in that version's words. Nil: none.
    public var alsoKnows: [String]?

    public init(credential: String, state: Secret?, alsoKnows: [String]? = nil) {
      self.credential = credential
      self.state = state
      self.alsoKnows = alsoKnows
    }
  }

  /// Why a ceremony was refused, in as much detail as the person at the other end may know.
  public enum CeremonyRefusal: String, Codable, Sendable, Equatable, CaseIterable {
    /// No state, or not sealed by us, or of another purpose, person or browser.
    case stateInvalid
    /// The 60 seconds have passed.
    case expired
    /// The challenge was answered before.
    case spent
    /// The credential could not be read.
    case malformed
    /// No account has this passkey (W3C: the browser may be told by signalUnknownCredential).
    case unknownPasskey
    /// A verification step of W3C WebAuthn failed.
    case verificationFailed
    /// The authenticator did not verify its user.
    case userVerificationRequired
    /// The passkey is registered already.
    case alreadyRegistered
    /// The account is disabled.
    case userDisabled
    /// The passkey can leave its device, and the settings allow only those that cannot. Only where an administrator
    /// chose so, which needs a version that knows this word; when it is returned, nothing has happened.
    case syncedPasskey
    /// The passkey was bound to its device when it was registered and can be copied now, or the other way round (W3C
    /// WebAuthn §7.2 step 19). Returned to callers that know it; `verificationFailed` to others.
    case passkeyChanged
  }

  /// A session that has just begun. The token is shown once; the store keeps its hash.
  public struct SignedIn: Codable, Sendable, Equatable {
    public var user: User
    public var token: Secret
    /// When the session ends at the latest, however much it is used: the cookie's expiry.
    public var endsAt: Date

    public init(user: User, token: Secret, endsAt: Date) {
      self.user = user
      self.token = token
      self.endsAt = endsAt
    }
  }

  /// The answer of every ceremony or code that ends in a session.
  public enum SignInOutcome: Codable, Sendable, Equatable {
    case signedIn(SignedIn)
    case refused(CeremonyRefusal)
  }

  /// What a fresh assertion is needed for. A proof for one purpose is not valid for another.
  public enum ProofPurpose: Codable, Sendable, Equatable, Hashable {
    case addPasskey
    case clientSecret
    /// To make a user an administrator.
    case newAdministrator
    /// To hand out a link or code that signs a user in.
    case oneTimeLink
    /// To change where another user's codes are mailed.
    case emailAddress
    /// To create or renew an API key.
    case apiKey
    /// To let an app redirect to another address, or work without its secret, PKCE or consent.
    case redirectURI
    /// To change a setting that gives power (`ApplicationSettings.Definition.givesPower`).
    case settings
    /// To rotate or remove the keys that tokens are signed with.
    case signingKeys
    /// To continue an authorization whose client, `prompt` or `max_age` asks for it.
    case authorize(InteractionID)

    /// Whether one proof can be used any number of times within its lifetime: an administrator who sets up three apps
    /// is asked once. An act that can take over an account or the installation needs its own proof every time.
    public var isLasting: Bool {
      switch self {
      case .clientSecret, .redirectURI, .signingKeys: true
      case .addPasskey, .newAdministrator, .oneTimeLink, .emailAddress, .apiKey, .settings, .authorize: false
      }
    }

    /// The form in which it is stored and used in URLs: `add-passkey`, `client-secret`, …, `authorize:<id>`.
    public var text: String {
      switch self {
      case .addPasskey: "add-passkey"
      case .clientSecret: "client-secret"
      case .newAdministrator: "new-administrator"
      case .oneTimeLink: "one-time-link"
      case .emailAddress: "email-address"
      case .apiKey: "api-key"
      case .redirectURI: "redirect-uri"
      case .settings: "settings"
      case .signingKeys: "signing-keys"
      case .authorize(let id): "authorize:\(id)"
      }
    }

    public init?(_ text: String) {
      switch text {
      case "add-passkey": self = .addPasskey
      case "client-secret": self = .clientSecret
      case "new-administrator": self = .newAdministrator
      case "one-time-link": self = .oneTimeLink
      case "email-address": self = .emailAddress
      case "api-key": self = .apiKey
      case "redirect-uri": self = .redirectURI
      case "settings": self = .settings
      case "signing-keys": self = .signingKeys
      default:
        guard text.hasPrefix("authorize:"), let id = InteractionID(String(text.dropFirst("authorize:".count)))
        else { return nil }
        self = .authorize(id)
      }
    }
  }
}
