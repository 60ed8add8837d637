/// An app that many people run, and how it is connected.
package struct KnownApp: Sendable {
  /// What is known about an app's PKCE (RFC 7636).
  package enum PKCE: String, Sendable {
    /// A public client, which must use it.
    case required
    /// It can be demanded.
    case supported
    /// Demanding it would lock the app out.
    case unsupported
    /// Not documented, so it is not demanded.
    case unknown
  }

  /// By what an app, set up as its settings here say, recognises people when they sign in again.
  package enum Identity: String, Sendable {
    /// `sub`, which never changes.
    case sub
    case username
    case email
    case unknown
  }

  /// Which of an app's existing accounts a first sign-in takes over without asking.
  package enum Joining: String, Sendable {
    case no
    /// The one with the same user name.
    case username
    /// The one with the same e-mail address.
    case email
    case either
    case unknown
  }

  /// What an app wants `email_verified` for.
  package enum VerifiedEmail: String, Sendable {
    /// Sign-in fails without it.
    case needed
    /// For joining an existing account, or for lists of addresses.
    case joining
    case no
    case unknown
  }

  /// One of the app's own settings: its names are the app's, and exist only in the app's language.
  package struct Setting: Sendable {
    package let place: Place
    package let key: String
    package let value: AppText
  }

  /// Where a setting is made.
  package enum Place: Sendable, Hashable {
    case environment
    /// By name, such as `config.yaml`.
    case file(String)
    /// A page of the app, by the path to it: `Settings > Authentication`.
    case page(String)
  }

  package let id: String
  package let name: String
  /// One word, such as `photos`.
  package let category: String
  package let website: String?
  package let redirectURIs: [AppText]
  package let postLogoutRedirectURIs: [AppText]
  /// Where the app learns that a user has signed out; nil if it does not.
  package let backchannelLogoutURI: AppText?
  package let isPublic: Bool
  package let pkce: PKCE
  package let identity: Identity
  package let joins: Joining
  package let verifiedEmail: VerifiedEmail
  /// The signatures of ID tokens that it accepts (RFC 7518 §3.1); nil if it goes by our discovery document, or if they
  /// are not known.
  package let idTokenAlgorithms: [String]?
  package let scopes: [String]
  /// Its settings take the addresses of endpoints.
  package let needsEndpoints: Bool
  package let settings: [Setting]
  /// How the app uses groups or roles; nil if it does not.
  package let groups: AppText?
  package let notes: AppText?

  /// Whether sign-ins without PKCE are refused: only if that locks no user out.
  package var demandsPKCE: Bool { pkce == .required || pkce == .supported }

  /// Whether the client's id is part of its redirect URIs, and so must be known before them.
  package var namesClientInRedirects: Bool { redirectURIs.contains { $0.mentions(.clientId) } }

  /// Whether anything depends on where the app runs.
  package var hasAddress: Bool {
    (redirectURIs + postLogoutRedirectURIs + [backchannelLogoutURI].compactMap(\.self) + settings.map(\.value)).contains
    { $0.mentions(.app) }
  }

  /// Whether the app chooses a part of a redirect URI, which has to be looked up there.
  package var leavesOpen: Bool {
    redirectURIs.contains { $0.pieces.contains { if case .text(let text) = $0 { text.contains("*") } else { false } } }
  }

  /// Where the app runs, read back from what a client registered: no trailing slash.
  package func address(callbackURLs: [String], launchURL: String?) -> String? {
    for shape in redirectURIs where shape.pieces.first == .placeholder(.app) {
      guard case .text(let path)? = shape.pieces.dropFirst().first, shape.pieces.count == 2, path != "/" else {
        continue
      }
      if let url = callbackURLs.first(where: { $0.hasSuffix(path) && $0.count > path.count }) {
        return String(url.dropLast(path.count))
      }
    }
    return launchURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
  }
}
