/// The description of the REST API.
enum OpenAPIRoutes {
  static let all: [Route] = [
    Route(.get, "/api/openapi.json", .api, [.anyOrigin]) { _ in
      var response = Response.bytes(try OpenAPIDocument.bytes.get(), "application/json")
      response.headers[.cacheControl] = "no-cache"
      return response
    }
  ]
}
