/// Links by which people sign up.
enum SignupLinkRoutes {
  static let all: [Route] = []
}
