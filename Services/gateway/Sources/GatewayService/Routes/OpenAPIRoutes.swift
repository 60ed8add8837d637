/// The REST API's own description.
enum OpenAPIRoutes {
  static let all: [Route] = []
}
