import Encodings
import LatchkeyProtocol
import Logging
import ServiceKit

/// Signing out: `/logout`, and `/api/oidc/end-session` for apps (OpenID Connect RP-Initiated Logout 1.0). `oidc` says
/// what to do and `auth` ends the session, in this order, since `oidc` has to know the session that ends.
enum EndSessionRoutes {
  static let path = "/api/oidc/end-session"

  static let all: [Route] = [
    Route(.get, path, .page, [.anyOrigin, .foreignPosts, .getActs]) { exchange in
      let fields = try exchange.query()
      let message = OIDC.EndSession(parameters: fields)
      return try await go(try await exchange.services.oidc.send(message, exchange.call), fields, exchange)
    },
    Route(.post, path, .page, [.anyOrigin, .foreignPosts]) { exchange in
      let fields = try exchange.form()
      if exchange.isForeignPost { return exchange.relay(fields, to: path) }
      let message = OIDC.EndSession(parameters: fields)
      return try await go(try await exchange.services.oidc.send(message, exchange.call), fields, exchange)
    },
    Route(.get, "/logout", .page) { exchange in
      guard let user = try await exchange.viewer() else { return exchange.page(SignedOutPage()) }
      let everywhere = try exchange.query("everywhere") != nil
      return exchange.page(SignOutPage(account: exchange.person(user), everywhere: everywhere))
    },
    Route(.post, "/logout", .page) { exchange in
      let form = try exchange.form()
      let confirmation = form.first { $0.name == "confirmation" }.map { Secret($0.value) }
      let everywhere = form.contains { $0.name == "everywhere" }
      return try await go(try await leaving(confirmation, exchange), form, everywhere: everywhere, exchange)
    },
  ]

  private static func leaving(_ confirmation: Secret?, _ exchange: Exchange) async throws -> OIDC.Leaving {
    do throws(ServiceFailure) {
      let message = OIDC.ConfirmEndSession(confirmation: confirmation)
      return try await exchange.services.oidc.send(message, exchange.call)
    } catch {
      // They said yes: they leave, even if the way back to an app is unknown.
      exchange.site.logger.warning("signing out without oidc: \(error)", metadata: ["request": "\(exchange.call.id)"])
      return .end(OIDC.LogoutDestination())
    }
  }

  /// - Parameter fields: the request's fields, with the languages that the app asked for.
  private static func go(
    _ leaving: OIDC.Leaving, _ fields: [FormField], everywhere: Bool = false, _ exchange: Exchange
  ) async throws -> Response {
    let languages = fields.uiLocales
    switch leaving {
    case .end(let farewell):
      if everywhere {
        _ = try await exchange.services.auth.send(Auth.EndSessions(.everywhere), exchange.call)
      } else {
        _ = try await exchange.services.auth.send(Auth.SignOut(), exchange.call)
      }
      var response = goodbye(farewell, languages, exchange)
      response.set(exchange.expired(exchange.site.cookieNames.session))
      return response
    case .over(let farewell): return goodbye(farewell, languages, exchange)
    case .ask(let question):
      let page = SignOutPage(
        account: exchange.person(question.user), app: question.app.map { AppSummary($0) },
        confirmation: question.confirmation.exposed, backURL: question.back, languages: languages)
      var response = exchange.page(page, languages: languages)
      if question.app != nil { response.headers[.contentSecurityPolicy] = SecurityHeaders.policyOfLeaving }
      return response
    }
  }

  private static func goodbye(
    _ farewell: OIDC.LogoutDestination, _ languages: [String], _ exchange: Exchange
  ) -> Response {
    let app = farewell.app.map { AppSummary($0) }
    let frames = farewell.frames.map(\.location)
    var response: Response
    if let destination = farewell.destination {
      guard let app, !frames.isEmpty else {
        // RFC 9110 §15.4.4: after a POST, a GET; never 307, which would send our form on (RFC 9700 §4.12).
        return .redirect(destination, exchange.request.method == .post ? .seeOther : .found)
      }
      response = exchange.page(
        LeavingPage(app: app, destination: destination, frames: frames), languages: languages)
    } else {
      response = exchange.page(
        SignedOutPage(
          app: app, link: farewell.link, isAddressUnknown: farewell.isAddressUnknown,
          isUnproven: farewell.isUnproven == true, frames: frames), languages: languages)
    }
    let origins = Set(farewell.frames.map(\.origin)).sorted()
    response.headers[.contentSecurityPolicy] = SecurityHeaders.policy(frames: origins)
    return response
  }
}
