/// Signing keys over the REST API.
enum SigningKeyRoutes {
  static let all: [Route] = []
}
