import LatchkeyProtocol

/// The operator's own images, and the stylesheet of the accent colour.
enum ApplicationImageRoutes {
  static let all: [Route] =
    images + [
      Route(.get, "/static/theme.css", .asset, [.quiet], floods: []) { exchange in
        await exchange.site.appearance.refresh(exchange.services.auth, exchange.call)
        guard let accent = exchange.site.instance.accent else { throw Refusal.notFound }
        var response = Response.bytes(Array(accent.css.utf8), "text/css; charset=utf-8")
        let isCurrent = try exchange.query("v").map { accent.url.hasSuffix("?v=\($0)") } ?? false
        response.headers[.cacheControl] = isCurrent ? "public, max-age=31536000, immutable" : "no-cache"
        return response
      }
    ]

  private static let path = "/api/application-images"

  private static let images: [Route] =
    routes("logo") { exchange in
      try exchange.wantsLight() ? .logoLight : .logoDark
    } + routes("background") { _ in .background }
    + routes("favicon") { _ in .favicon } + routes("email") { _ in .email }
    + routes("default-profile-picture") { _ in .defaultProfilePicture }

  private static func routes(
    _ name: String, _ image: @escaping @Sendable (Exchange) throws -> ApplicationImage
  ) -> [Route] {
    [
      Route(.get, "\(path)/\(name)", .api, [.anyOrigin, .quiet]) { exchange in
        let image = try image(exchange)
        return try await ImageRoutes.show(.application(image), exchange) { builtIn(image, exchange) }
      },
      Route(.put, "\(path)/\(name)", .api, [.takesFile]) { exchange in
        try await ImageRoutes.put(.application(image(exchange)), exchange)
      },
      Route(.delete, "\(path)/\(name)", .api) { exchange in
        try await ImageRoutes.delete(.application(image(exchange)), exchange)
      },
    ]
  }

  /// Latchkey's mark, if the operator has not chosen a logo or an icon.
  private static func builtIn(_ image: ApplicationImage, _ exchange: Exchange) -> Response? {
    guard [.logoLight, .logoDark, .favicon].contains(image), let file = exchange.site.pages.assets.file("favicon.svg")
    else { return nil }
    var response = Response.bytes(file.bytes, file.contentType)
    response.headers[.cacheControl] = "public, no-cache"
    return response
  }
}
