package import Encodings
import Foundation
package import LatchkeyProtocol
import LatchkeyWords
import ServiceKit

/// One request on its way through a route: what it brought, and what is needed to answer it.
package struct Exchange: Sendable {
  package let site: Site
  package let request: Request
  let body: RequestPayload
  /// The path's parameters, decoded.
  package let parameters: [String: String]
  /// As sent, without the query.
  let path: String
  /// The query as sent, without the question mark.
  package let rawQuery: String?
  package let cookies: Cookies
  /// Sent with every message that this request causes.
  package let call: Call
  /// The connection came from a loopback address, and no proxy says that it forwards for a client.
  package let isFromThisMachine: Bool
  /// Another site's form sent the browser here without our SameSite=Lax cookies: the user only seems signed out.
  package let isForeignPost: Bool

  package var services: Services { site.services }

  package func parameter(_ name: String) -> String { parameters[name] ?? "" }

  /// A path parameter that is a UUID; anything else names nothing.
  package func identifier<Entity>(_ name: String) throws(Refusal) -> Identifier<Entity> {
    guard let id = Identifier<Entity>(parameter(name)) else { throw Refusal.notFound }
    return id
  }

  /// The query's fields, order and duplicates kept.
  package func query() throws(Refusal) -> [FormField] {
    do {
      return try Form.fields((rawQuery ?? "").utf8, most: Limits.formFields, longestName: Limits.name)
    } catch {
      throw Refusal.request(error.sentence)
    }
  }

  /// The first value of a query parameter.
  package func query(_ name: String) throws(Refusal) -> String? {
    try query().first { $0.name == name }?.value
  }

  // MARK: Cookies

  package func signedInCookie(_ signedIn: Auth.SignedIn) -> SetCookie {
    let seconds = signedIn.endsAt.timeIntervalSinceNow
    return cookie(site.cookieNames.session, signedIn.token, maxAge: Int(max(1, seconds)))
  }

  /// Removes a cookie.
  package func expired(_ name: String) -> SetCookie { cookie(name, Secret(""), maxAge: 0) }

  package func cookie(_ name: String, _ value: Secret, maxAge: Int) -> SetCookie {
    SetCookie(name, value, maxAge: maxAge, isSecure: site.settings.appURL.isSecure)
  }

  // MARK: Pages

  /// What stands around a page: language, theme, name.
  package func frame(viewer: User? = nil, languages: [String] = []) -> PageFrame {
    Self.frame(site, cookies, request.headers, viewer: viewer, languages: languages)
  }

  static func frame(
    _ site: Site, _ cookies: Cookies, _ headers: HeaderFields, viewer: User? = nil, languages: [String] = []
  ) -> PageFrame {
    let chosen = [viewer?.locale, cookies["locale"]].compactMap { $0 } + languages
    return PageFrame(
      language: Language.choose(
        chosen: chosen, acceptLanguage: headers[.acceptLanguage]?.prefix(bytes: Limits.headerWords)),
      theme: PageTheme(cookie: cookies["theme"]), instance: site.instance,
      viewer: viewer.map { person($0, site) })
  }

  /// A person with their picture, or the operator's for people who have none.
  package func person(_ user: User) -> Person { Self.person(user, site) }

  private static func person(_ user: User, _ site: Site) -> Person {
    Person(user, defaultPicture: site.appearance.last.images[ApplicationImage.defaultProfilePicture.name])
  }

  /// - Parameter languages: what an app's request asked for, best first; used if the person has chosen none.
  package func page(
    _ page: some Page, viewer: User? = nil, languages: [String]? = nil, _ status: Status = .ok
  ) -> Response {
    .html(site.pages.render(page, in: frame(viewer: viewer, languages: languages ?? [])), status)
  }

  package func errorPage(
    _ kind: ErrorPage.Kind, app: AppSummary? = nil, detail: String? = nil, backURL: String? = nil,
    signInURL: String? = nil, languages: [String] = []
  ) -> Response {
    let page = ErrorPage(
      kind, requestID: "\(call.id)", app: app, detail: detail, backURL: backURL, signInURL: signInURL)
    return self.page(page, languages: languages, Status(code: page.status))
  }
}

extension Person {
  /// - Parameter defaultPicture: the version of the operator's picture for people who have none.
  package init(_ user: User, defaultPicture: String? = nil) {
    self.init(
      id: "\(user.id)", displayName: user.nameToShow, username: user.username, email: user.email,
      pictureURL: ImageAddress.small(user, orElse: defaultPicture), isAdmin: user.isAdmin)
  }
}
