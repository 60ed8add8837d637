/// Pages about groups.
enum GroupPageRoutes {
  static let all: [Route] = []
}
