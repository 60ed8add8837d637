// OAuth/ owns the endpoints of OAuth and OpenID Connect: it hands each request to `oidc` and sends out the answer. The
// pages between, which ask the user, are here too. It must not know a rule of either protocol.

import Encodings
import LatchkeyProtocol

/// `/authorize` (RFC 6749 §3.1): the raw parameters go to `oidc`, which alone knows whether an answer may be sent on.
enum AuthorizeRoutes {
  static let path = "/authorize"

  static let all: [Route] = [
    Route(.get, path, .page, [.bindsBrowser, .getActs]) { exchange in
      try await answer(exchange, try exchange.query())
    },
    Route(.post, path, .page, [.foreignPosts, .bindsBrowser]) { exchange in
      guard exchange.rawQuery == nil else {
        throw Refusal.request("Send the parameters in the body of a POST, or in the address of a GET, not in both.")
      }
      let fields = try exchange.form()
      if exchange.isForeignPost { return exchange.relay(fields, to: path) }
      return try await answer(exchange, fields)
    },
  ]

  private static func answer(_ exchange: Exchange, _ parameters: [FormField]) async throws -> Response {
    let message = OIDC.Authorize(parameters: parameters)
    // RFC 9110 §15.4.4: after a POST, a GET; never 307, which would send our form on (RFC 9700 §4.12).
    let status: Status = exchange.request.method == .post ? .seeOther : .found
    switch try await exchange.services.oidc.send(message, exchange.call) {
    case .redirect(let url): return .redirect(url, status)
    case .post(let form): return exchange.formPost(form)
    case .interact(let handle): return .redirect("/interaction?interaction=\(handle)", status)
    case .page(let refusal):
      if case .redirectURI = refusal, exchange.request.method != .post,
        let page = await MismatchRoutes.page(parameters, exchange)
      {
        return page
      }
      return exchange.errorPage(refusal, languages: parameters.uiLocales)
    }
  }
}

extension Exchange {
  /// A page that posts another site's form again: by a form of ours, with which the browser sends its cookies, and with
  /// nothing in the URL, which logs keep and proxies limit in length.
  func relay(_ fields: [FormField], to target: String) -> Response {
    var response = page(RelayPage(target: target, fields: fields))
    // What follows may lead to an app: browsers check its address against `form-action`.
    response.headers[.contentSecurityPolicy] = SecurityHeaders.policyOfLeaving
    return response
  }

  /// The page that posts an answer to the app. No other page may post anywhere but here.
  func formPost(_ form: OIDC.FormPost) -> Response {
    var response = page(FormPostPage(form), languages: form.languages)
    response.headers[.contentSecurityPolicy] = SecurityHeaders.policy(formTarget: form.url)
    // Without any referrer the browser would say `Origin: null` (Fetch §3.2), and an app could not tell who posts.
    response.headers[.referrerPolicy] = "strict-origin"
    return response
  }

  /// The page that says why an app's request ends here. What is registered, and what was not, is shown only to those
  /// who run the app.
  ///
  /// - Parameter languages: what the app's request asked for, best first.
  func errorPage(_ refusal: OIDC.PageRefusal, languages: [String] = []) -> Response {
    switch refusal {
    case .unknownClient: errorPage(.unknownApp, languages: languages)
    case .redirectURI(let name, let isMissing):
      errorPage(
        isMissing == true ? .redirectMissing : .redirectMismatch, app: AppSummary(name: name),
        signInURL: call.caller.session == nil && request.method == .get ? signInURL : nil, languages: languages)
    case .unreadable(let sentence): errorPage(.badRequest, detail: sentence, languages: languages)
    case .notAllowed(let name, let launchURL):
      errorPage(.notAllowed, app: AppSummary(name: name), backURL: launchURL, languages: languages)
    }
  }
}

extension [FormField] {
  /// The languages in which an app wants its users addressed, best first (OpenID Connect Core §3.1.2.1, RP-Initiated
  /// Logout §2 `ui_locales`). They count if the person has chosen none.
  var uiLocales: [String] {
    let text = first { $0.name == Self.uiLocales }?.value ?? ""
    return text.prefix(bytes: Limits.headerWords).split(separator: " ").prefix(Limits.languages).map(String.init)
  }

  static let uiLocales = "ui_locales"
}
