import Encodings
import LatchkeyProtocol
import Logging
package import NIOCore
import NIOHTTP1
import ServiceKit

/// What is known about a connection.
package struct ConnectionContext: Sendable {
  /// Who connected, in text; empty for a Unix socket.
  let peer: String
  private let channel: any Channel

  package init(_ channel: any Channel) {
    self.channel = channel
    peer = channel.remoteAddress?.ipAddress ?? ""
  }

  /// Asks for the body from a client that holds it back until it is wanted (RFC 9110 §10.1.1).
  func askForBody() { channel.triggerUserOutboundEvent(ConnectionGuard.BodyWanted(), promise: nil) }

  /// Does something on the connection's event loop: at once if the caller is already on it.
  func onLoop(_ work: @escaping @Sendable () -> Void) {
    if channel.eventLoop.inEventLoop { work() } else { channel.eventLoop.execute(work) }
  }
}

/// What every request goes through, before and after its route: id, limits, floods, origin, caller, errors, headers,
/// log.
package struct Front: Sendable {
  private let site: Site
  private let routes: RouteTable
  private let exit: ErrorResponder
  private let headers: SecurityHeaders
  private let originCheck: OriginCheck
  let shares: Shares
  let neighbourhood: Neighbourhood

  package init(_ site: Site, _ routes: RouteTable) {
    self.site = site
    self.routes = routes
    exit = ErrorResponder(site: site)
    headers = SecurityHeaders(isSecure: site.settings.appURL.isSecure)
    originCheck = OriginCheck(origin: site.settings.appURL.origin)
    shares = site.shares
    neighbourhood = site.neighbourhood
  }

  /// One request's story, for the answer and the log.
  private struct Visit {
    let id = RequestID()
    let begun = ContinuousClock.now
    var surface = Surface.api
    var template = "-"
    var traits: RouteTraits = []
    var address = ""
    /// Whose share it counts against; nil if none applies.
    var network: String?
    var isFromThisMachine = false
    var caller = Caller.nobody
    /// Whether all of the body was read.
    var hasRead = false
  }

  package func respond(to request: Request, context: ConnectionContext) async -> Response {
    var visit = Visit()
    var response: Response
    do {
      response = try await answer(request, context, &visit)
    } catch {
      let refusal = await explained(refusal(error, visit), visit)
      response = exit.response(refusal, on: visit.surface, visit.id) {
        Exchange.frame(site, Cookies(request.headers), request.headers)
      }
      // Reading a large body to its end would cost more than a new connection.
      if request.hasBody, !visit.hasRead, !request.hasSmallBody {
        response.headers[.connection] = "close"
      }
    }
    headers.apply(to: &response, visit.traits)
    response.headers[.requestID] = "\(visit.id)"
    log(request, response, visit)
    return response.framed(for: request.method)
  }

  private func answer(
    _ request: Request, _ context: ConnectionContext, _ visit: inout Visit
  ) async throws -> Response {
    let target = try Target(request.target)
    visit.surface = target.surface
    let origin = neighbourhood.origin(peer: context.peer, forwardedFor: request.headers[values: .forwardedFor])
    (visit.address, visit.network) = (origin.address, origin.network)
    visit.isFromThisMachine = Self.isFromThisMachine(request, context)
    if let disbelief = origin.disbelief { say(disbelief, of: context.peer) }

    if [.get, .head].contains(request.method), let shorter = target.withoutTrailingSlash {
      return .redirect(shorter, .movedPermanently)
    }
    switch try match(request.method, target) {
    case .unknown:
      try await admit([.general], visit.address)
      throw Refusal.notFound
    case .otherMethod(let methods, let route):
      visit.surface = route.surface
      visit.template = route.template
      visit.traits = route.traits
      try await admit([.general], visit.address)
      if request.method == .options, route.traits.contains(.anyOrigin) { return preflight(methods) }
      throw Refusal(
        .methodNotAllowed, "method_not_allowed", "\(request.method.rawValue.prefix(32)) is not for this address.",
        headers: [.allow: methods.map(\.rawValue).joined(separator: ", ")])
    case .found(let route, let parameters):
      visit.surface = route.surface
      visit.template = route.template
      visit.traits = route.traits
      let floods = origin.tellsPeopleApart ? route.floods : route.floods.filter { $0.subject != .assertions }
      try await admit(floods, visit.address)
      let response = try await answer(request, context, target, route, parameters, &visit)
      if response.status.code < 400, floods.contains(where: { $0.subject != .requests }) {
        await site.floods.giveBack(floods.filter { $0.subject != .requests }, visit.address)
      }
      return response
    }
  }

  private func answer(
    _ request: Request, _ context: ConnectionContext, _ target: Target, _ route: Route,
    _ parameters: [String: String], _ visit: inout Visit
  ) async throws -> Response {
    let cookies = Cookies(request.headers)
    let caller = CallerReader(names: site.cookieNames).caller(request.headers, cookies, visit.address, route.surface)
    if !caller.bringsHeaderToken, !route.traits.contains(.foreignPosts) {
      try originCheck.admit(request)
    }
    visit.caller = caller.caller
    if caller.caller.apiKey != nil, route.traits.contains(.browserOnly) {
      throw Refusal(.forbidden, "api_key_auth_not_allowed", "This needs a person at a browser, not an API key.")
    }
    var settled = caller.caller
    var newBrowser: Secret?
    let isForeignPost = originCheck.isForeignPost(request, bringsSession: settled.session != nil)
    // A browser that withholds its cookies may have one of these, which must not be overwritten.
    if route.traits.contains(.bindsBrowser), settled.browsers.isEmpty, !isForeignPost {
      let browser = Secret(site.randomness.token())
      newBrowser = browser
      settled.browsers = [browser]
    }
    let network = visit.network
    var response = try await withBody(of: request, context, route, network) { body in
      if case .bytes = body { visit.hasRead = true }
      // The time that the body took to arrive does not count against the services.
      let call = Call(id: visit.id, caller: settled, deadline: .now + Limits.answer, peer: .gateway)
      let exchange = Exchange(
        site: site, request: request, body: body, parameters: parameters, path: target.path, rawQuery: target.query,
        cookies: cookies,
        call: call, isFromThisMachine: visit.isFromThisMachine, isForeignPost: isForeignPost)
      return try await answer(exchange, route, network)
    }
    if let newBrowser { bind(&response, to: newBrowser) }
    return response
  }

  /// Pages that a browser without cookies opens at the same moment are each given one, and the last to arrive stays. So
  /// each is also given under a name of its own, for as long as what it began can last: none of them ends another.
  private func bind(_ response: inout Response, to browser: Secret) {
    let names = site.cookieNames
    let isSecure = site.settings.appURL.isSecure
    // 400 days: the longest that browsers keep a cookie (RFC 6265bis §5.5).
    response.set(SetCookie(names.browser, browser, maxAge: 400 * 24 * 3600, isSecure: isSecure))
    let name = names.browserPrefix + site.randomness.token().prefix(8)
    response.set(SetCookie(name, browser, maxAge: Limits.unfinished, isSecure: isSecure))
  }

  /// A request counts as being answered once its body is in, so a slow sender holds nobody up. A file is the exception:
  /// it is handed on as it arrives, by a route that first asks who sends it.
  private func answer(_ exchange: Exchange, _ route: Route, _ network: String?) async throws -> Response {
    if !route.traits.isDisjoint(with: [.takesFile, .alwaysAnswers]) { return try await route.handler(exchange) }
    return try await shares.hold(.requests, for: network) {
      if route.surface == .page { await site.appearance.refresh(site.services.auth, exchange.call) }
      return try await route.handler(exchange)
    }
  }

  /// The body, with memory for it held while the work runs.
  private func withBody(
    of request: Request, _ context: ConnectionContext, _ route: Route, _ network: String?,
    _ work: (RequestPayload) async throws -> Response
  ) async throws -> Response {
    guard request.hasBody else { return try await work(.bytes([])) }
    if route.traits.contains(.takesFile) {
      return try await shares.hold(.bodies, Limits.fileInFlight, for: network) {
        try await work(.stream(request.body, context.askForBody))
      }
    }
    let length = try request.bodyLength(upTo: Limits.body) ?? Limits.body
    return try await shares.hold(.bodies, max(length, Limits.leastBody), for: network) {
      context.askForBody()
      return try await work(.bytes(try await request.body.bytes(upTo: Limits.body)))
    }
  }

  /// Headers by which proxies say that they forward for a client: RFC 7239, RFC 9110 §7.6.3, and their predecessors.
  private static let forwarding: [HeaderName] = [
    .forwarded, .forwardedFor, .forwardedHost, .forwardedProto, .realIP, .via,
  ]

  private static func isFromThisMachine(_ request: Request, _ context: ConnectionContext) -> Bool {
    IPAddress(context.peer)?.isLoopback == true && !forwarding.contains { request.headers[$0] != nil }
  }

  private func admit(_ policies: [RateLimitPolicy], _ address: String) async throws {
    guard site.settings.limitsFloods, !policies.isEmpty, let wait = await site.floods.pass(policies, address) else {
      return
    }
    throw Refusal(
      .tooManyRequests, "rate_limited", "Too many requests. Try again in \(wait) s.",
      headers: [.retryAfter: "\(wait)"])
  }

  /// A browser's preflight for a request from another site (Fetch §4.8): yes, but without cookies.
  private func preflight(_ methods: [Method]) -> Response {
    Response(
      status: .noContent,
      headers: [
        .accessControlAllowMethods: methods.map(\.rawValue).joined(separator: ", "),
        .accessControlAllowHeaders: "Authorization, Content-Type, DPoP", .accessControlMaxAge: "3600",
      ])
  }

  private func refusal(_ error: any Error, _ visit: Visit) -> Refusal {
    switch error {
    // A caller with an API key is told about the key: signing in would not help.
    case let refusal as Refusal where visit.caller.apiKey != nil && refusal.code == Refusal.notSignedIn.code:
      return .invalidAPIKey
    case let refusal as Refusal: return refusal
    case is ConnectionGuard.BodyTooSlow: return .bodyTooSlow
    case is HTTPParserError: return .bodyMalformed
    case let failure as ServiceFailure where failure.kind == .textTooLong: return Refusal(failure)
    case let failure as ServiceFailure:
      site.logger.warning(
        "a service failed: \(failure)", metadata: ["request": "\(visit.id)", "route": "\(visit.template)"])
      return Refusal(failure)
    default:
      // The type only: a value might contain what the client sent.
      site.logger.error(
        "a route failed with \(type(of: error))", metadata: ["request": "\(visit.id)", "route": "\(visit.template)"])
      return Refusal(.internalServerError, "internal_error", "Something broke on our side.")
    }
  }

  /// If only a disabled account keeps the credentials from counting, the JSON API says so, as Pocket ID's does.
  private func explained(_ refusal: Refusal, _ visit: Visit) async -> Refusal {
    guard refusal.code == Refusal.notSignedIn.code, visit.surface == .api,
      visit.caller.session != nil || visit.caller.apiKey != nil
    else { return refusal }
    let call = Call(id: visit.id, caller: visit.caller, deadline: .now + Limits.answer, peer: .gateway)
    // If `auth` cannot say why, the refusal stands.
    let reason = try? await site.services.auth.send(Auth.WhyNobody(), call)
    return reason == .disabled ? .userDisabled : refusal
  }

  /// The route of a path, or of the same path without its trailing slash: many programs would lose the body on a
  /// redirect.
  private func match(_ method: Method, _ target: Target) throws -> RouteTable.Match {
    let match = try routes.match(method, target.path)
    guard case .unknown = match, let shorter = target.pathWithoutTrailingSlash else { return match }
    return try routes.match(method, shorter)
  }

  /// The template, never the path or the query: they hold login codes, states and ids.
  private func log(_ request: Request, _ response: Response, _ visit: Visit) {
    let milliseconds = (ContinuousClock.now - visit.begun) / .milliseconds(1)
    site.logger.log(
      level: visit.traits.contains(.quiet) ? .debug : .info, "request",
      metadata: [
        "method": "\(request.method.rawValue.prefix(32))", "route": "\(visit.template)",
        "status": "\(response.status.code)", "ms": "\((milliseconds * 10).rounded() / 10)", "request": "\(visit.id)",
        "client": "\(visit.address)",
      ])
  }

  private func say(_ disbelief: TrustedProxies.Disbelief, of peer: String) {
    switch disbelief {
    case .nearbyProxy:
      site.logger.warning(
        """
        A proxy at \(peer) says for whom it asks (X-Forwarded-For), and is not believed: everybody behind it counts as \
        one address, for limits and in the audit log. If it is yours, set TRUST_PROXY=true, or TRUST_PROXY=\(peer).
        """)
    case .stranger:
      site.logger.warning(
        """
        \(peer) sends X-Forwarded-For and is not believed, since it is not in a private network. If it is a proxy of \
        yours, set TRUST_PROXY to its address.
        """)
    }
  }
}
