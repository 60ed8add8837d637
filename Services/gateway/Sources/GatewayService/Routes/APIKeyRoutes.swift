/// Keys of the REST API.
enum APIKeyRoutes {
  static let all: [Route] = []
}
