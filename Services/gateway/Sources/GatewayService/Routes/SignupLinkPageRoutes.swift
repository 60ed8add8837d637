/// The page of sign-up links.
enum SignupLinkPageRoutes {
  static let all: [Route] = []
}
