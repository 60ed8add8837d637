/// Connecting a known app.
enum KnownAppRoutes {
  static let all: [Route] = []
}
