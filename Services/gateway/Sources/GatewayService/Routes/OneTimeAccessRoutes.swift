/// One-time links and codes.
enum OneTimeAccessRoutes {
  static let all: [Route] = []
}
