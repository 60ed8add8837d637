/// The page of API keys.
enum APIKeyPageRoutes {
  static let all: [Route] = []
}
