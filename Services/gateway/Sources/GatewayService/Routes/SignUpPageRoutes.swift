/// Pages of signing up and of other ways in.
enum SignUpPageRoutes {
  static let all: [Route] = []
}
