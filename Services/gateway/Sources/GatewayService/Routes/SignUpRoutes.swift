/// Signing up.
enum SignUpRoutes {
  static let all: [Route] = []
}
