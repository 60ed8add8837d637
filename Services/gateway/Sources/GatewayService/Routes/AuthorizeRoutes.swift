import HTTPTypes
import Hummingbird
import LatchkeyProtocol

/// `/authorize` (RFC 6749 §3.1): the raw parameters go to `oidc`, which alone knows whether an answer may be sent on.
enum AuthorizeRoutes {
  static let all: [Route] = [
    Route(.get, "/authorize", .page, [.bindsBrowser, .getActs]) { exchange in
      try await answer(exchange, try exchange.query(), posted: false)
    },
    // From another site this brings no cookie, so that it must not set one either: the browser's own would be
    // overwritten. The GET that follows has the cookie, or gets it.
    Route(.post, "/authorize", .page, [.foreignPosts]) { exchange in
      guard exchange.rawQuery == nil else {
        throw Refusal.request("Send the parameters in the body of a POST, or in the address of a GET, not in both.")
      }
      return try await answer(exchange, try await exchange.form(), posted: true)
    },
  ]

  private static func answer(_ exchange: Exchange, _ parameters: [FormField], posted: Bool) async throws -> Response {
    let message = OIDC.Authorize(parameters: parameters, posted: posted)
    switch try await exchange.services.oidc.authorize(message, exchange.call) {
    case .redirect(let url): return .redirect(url, posted ? .seeOther : .found)
    case .post(let form): return exchange.formPost(form)
    case .interact(let id): return .redirect("/interaction?interaction=\(id)", posted ? .seeOther : .found)
    case .page(.redirectURI(let name)):
      if !posted, let page = await MismatchRoutes.page(parameters, exchange) { return page }
      return exchange.errorPage(.redirectURI(clientName: name))
    case .page(let refusal): return exchange.errorPage(refusal)
    }
  }
}

extension Exchange {
  /// The page that posts an answer to the app. No other page may post anywhere but here.
  func formPost(_ form: OIDC.FormPost) -> Response {
    var response = page(FormPostPage(form), languages: form.languages)
    response.headers[.contentSecurityPolicy] = SecurityHeaders.policy(formTarget: form.url)
    // Without any referrer the browser would say `Origin: null` (Fetch §3.2), and an app could not tell who posts.
    response.headers[.referrerPolicy] = "strict-origin"
    return response
  }

  /// The page that says why an app's request ends here. What is registered, and what was not, is nobody's business who
  /// does not run the app.
  func errorPage(_ refusal: OIDC.PageRefusal) -> Response {
    switch refusal {
    case .unknownClient: errorPage(.unknownApp)
    case .redirectURI(let name): errorPage(.redirectMismatch, app: AppSummary(name: name))
    case .unreadable(let sentence): errorPage(.badRequest, detail: sentence)
    case .notAllowed(let name, let launchURL):
      errorPage(.notAllowed, app: AppSummary(name: name), backURL: launchURL)
    }
  }
}
