/// A redirect URI that is not registered.
enum MismatchRoutes {
  static let all: [Route] = []
}
