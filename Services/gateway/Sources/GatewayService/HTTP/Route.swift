import Encodings

/// How a route speaks, and so how its refusals look.
package enum Surface: Sendable {
  /// The JSON API.
  case api
  /// RFC 6749 and its family.
  case oauth
  /// HTML for people.
  case page
  case asset
}

/// What is special about a route.
package struct RouteTraits: OptionSet, Sendable {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }

  /// The browser-binding cookie is set if it is absent.
  package static let bindsBrowser = RouteTraits(rawValue: 1)
  /// Scripts of any site may call it, without credentials: `Access-Control-Allow-Origin: *`.
  package static let anyOrigin = RouteTraits(rawValue: 2)
  /// It acts for the person at a browser: an API key is not accepted.
  package static let browserOnly = RouteTraits(rawValue: 4)
  /// A page that may be given its own browsing context group: sign-in pages may not, since a popup's opener waits for
  /// them.
  package static let settings = RouteTraits(rawValue: 8)
  /// Its POST may come from another site by design: OAuth endpoints, which rely on no cookie.
  package static let foreignPosts = RouteTraits(rawValue: 16)
  /// Not worth a line in the log at the usual level.
  package static let quiet = RouteTraits(rawValue: 32)
  /// Its GET does something, as redirect-based protocols require. A HEAD, with which programs look where a link leads,
  /// does not stand in for it.
  package static let getActs = RouteTraits(rawValue: 64)
  /// Its body may be a file, which is read as it arrives, but not before the caller is known.
  package static let takesFile = RouteTraits(rawValue: 128)
  /// Answered however many requests are being answered already: monitoring asks here.
  package static let alwaysAnswers = RouteTraits(rawValue: 256)
}

/// One method and path, and what answers it.
package struct Route: Sendable {
  package typealias Handler = @Sendable (Exchange) async throws -> Response

  package let method: Method
  /// Such as `/api/oidc/clients/:id`: what the log shows.
  package let template: String
  package let surface: Surface
  package let traits: RouteTraits
  package let floods: [RateLimitPolicy]
  package let handler: Handler

  package init(
    _ method: Method, _ template: String, _ surface: Surface, _ traits: RouteTraits = [],
    floods: [RateLimitPolicy] = [.general], _ handler: @escaping Handler
  ) {
    self.method = method
    self.template = template
    self.surface = surface
    self.traits = traits
    self.floods = floods
    self.handler = handler
  }
}

/// All routes, by path. A literal path is preferred to one with parameters.
package struct RouteTable: Sendable {
  package enum Match: Sendable {
    case found(Route, parameters: [String: String])
    /// The path exists, for these methods.
    case otherMethod([Method], of: Route)
    case unknown
  }

  private var literal: [String: [Route]] = [:]
  private var patterns: [Int: [(segments: [Substring], routes: [Route])]] = [:]

  package init(_ routes: [Route]) {
    for route in routes {
      guard route.template.contains(":") else {
        literal[route.template, default: []].append(route)
        continue
      }
      let segments = Self.segments(route.template)
      var group = patterns[segments.count] ?? []
      if let index = group.firstIndex(where: { $0.segments == segments }) {
        group[index].routes.append(route)
      } else {
        group.append((segments, [route]))
      }
      patterns[segments.count] = group
    }
  }

  /// - Parameter path: as received, percent-encoded, beginning with a slash and not ending with one.
  /// - Throws: ``Refusal`` if a parameter is not percent-encoded UTF-8.
  package func match(_ method: Method, _ path: String) throws -> Match {
    if let routes = literal[path] { return choose(method, routes, [:]) }
    let segments = Self.segments(path)
    for (pattern, routes) in patterns[segments.count] ?? [] where Self.fits(segments, pattern) {
      var parameters: [String: String] = [:]
      for (segment, name) in zip(segments, pattern) where name.hasPrefix(":") {
        guard let value = try? Percent.decode(segment.utf8) else {
          throw Refusal.request("The address is not valid percent-encoded UTF-8.")
        }
        parameters[String(name.dropFirst())] = value
      }
      return choose(method, routes, parameters)
    }
    return .unknown
  }

  private func choose(_ method: Method, _ routes: [Route], _ parameters: [String: String]) -> Match {
    // HEAD is GET without the body (RFC 9110 §9.3.2).
    let isSafe = routes.contains { $0.method == .get && !$0.traits.contains(.getActs) }
    let wanted = method == .head && isSafe ? .get : method
    if let route = routes.first(where: { $0.method == wanted }) { return .found(route, parameters: parameters) }
    return .otherMethod(routes.map(\.method) + (isSafe ? [.head] : []), of: routes[0])
  }

  private static func segments(_ path: String) -> [Substring] {
    path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  private static func fits(_ segments: [Substring], _ pattern: [Substring]) -> Bool {
    zip(segments, pattern).allSatisfy { $1.hasPrefix(":") ? !$0.isEmpty : $0 == $1 }
  }
}
