/// Stylesheets, scripts and icons, under addresses that change with their content.
enum StaticFileRoutes {
  static let all: [Route] = [
    Route(.get, "/static/:name", .asset, [.quiet], floods: [], answer),
    // Browsers request it unasked.
    Route(.get, "/favicon.ico", .asset, [.quiet], floods: []) { exchange in
      let own = exchange.site.instance.faviconURL
      guard let url = own ?? exchange.site.pages.assets.url("favicon.svg") else { throw Refusal.notFound }
      return .redirect(url)
    },
  ]

  @Sendable private static func answer(_ exchange: Exchange) async throws -> Response {
    let assets = exchange.site.pages.assets
    guard let file = assets.file(exchange.parameter("name")) else { throw Refusal.notFound }
    let tag = "\"\(assets.version)\""
    let isCurrent = try exchange.query("v") == assets.version
    let caching: HeaderFields = [
      .eTag: tag, .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
    ]
    // RFC 9110 §13.1.2.
    let known = exchange.request.headers[.ifNoneMatch] ?? ""
    if known == "*" || known.split(separator: ",").contains(where: { $0.filter { $0 != " " }.hasSuffix(tag) }) {
      return Response(status: .notModified, headers: caching)
    }
    var response = Response.bytes(file.bytes, file.contentType)
    response.headers.set(caching)
    return response
  }
}
