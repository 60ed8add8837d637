package import LatchkeyWords

/// Every refusal page: what happened, whose doing it is, what to do now.
package struct ErrorPage: Page {
  package static let template = "error"

  package enum Kind: String, Sendable, CaseIterable {
    /// No such page.
    case notFound
    /// The page is for administrators.
    case forbidden
    /// `client_id` names nothing.
    case unknownApp
    /// The redirect URI is not one of the app's.
    case redirectMismatch
    /// The app did not say where to go back to.
    case redirectMissing
    /// The app's request is wrong in another way, and there is no proven address to send the error to.
    case badRequest
    /// The interaction ran out of time or is finished.
    case interactionExpired
    /// The interaction was begun in another browser.
    case anotherBrowser
    /// The person may not use this app.
    case notAllowed
    /// A service does not answer.
    case unavailable
    /// Something of ours broke.
    case broken
    /// Too many requests from one address.
    case tooMany
    /// `/setup` was left open too long, or is done.
    case setupClosed
  }

  package let kind: Kind
  let requestID: String?
  let app: AppSummary?
  let detail: String?
  let oursToFix: Bool
  let appsToFix: Bool
  let mayRetry: Bool
  let mayGoHome: Bool
  let maySwitch: Bool
  let backURL: String?
  let signInURL: String?

  /// - Parameters:
  ///   - requestID: to quote to the operator of this installation; shown with a copy button.
  ///   - app: the app that sent the person, if it is known.
  ///   - detail: what an app's developer needs to see, such as the redirect URI that was sent. Public text.
  ///   - backURL: where the app begins; anything but a web address is left out.
  ///   - signInURL: where an administrator can sign in to see more.
  package init(
    _ kind: Kind, requestID: String? = nil, app: AppSummary? = nil, detail: String? = nil, backURL: String? = nil,
    signInURL: String? = nil
  ) {
    self.kind = kind
    self.requestID = requestID
    self.app = app
    self.detail = detail.flatMap { $0.isEmpty ? nil : $0 }
    oursToFix = [.unavailable, .broken].contains(kind)
    appsToFix = [.unknownApp, .redirectMismatch, .redirectMissing, .badRequest].contains(kind)
    mayRetry = [.unavailable, .broken, .tooMany].contains(kind)
    mayGoHome = [.notFound, .forbidden, .setupClosed, .notAllowed].contains(kind)
    maySwitch = kind == .notAllowed
    self.backURL = backURL.flatMap { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil }
    self.signInURL = signInURL
  }

  /// The HTTP status with which the page is sent.
  package var status: Int {
    switch kind {
    case .notFound, .setupClosed: 404
    case .forbidden, .anotherBrowser, .notAllowed: 403
    case .unknownApp, .redirectMismatch, .redirectMissing, .badRequest: 400
    case .interactionExpired: 410
    case .tooMany: 429
    case .broken: 500
    case .unavailable: 503
    }
  }

  package func worded(_ words: Words) -> [String: String] {
    [
      "title": words("error.\(kind.rawValue).title"),
      "happened": words("error.\(kind.rawValue).happened"),
      "advice": words("error.\(kind.rawValue).advice"),
    ]
  }
}
