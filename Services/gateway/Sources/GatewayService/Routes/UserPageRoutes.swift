/// Pages about people.
enum UserPageRoutes {
  static let all: [Route] = []
}
