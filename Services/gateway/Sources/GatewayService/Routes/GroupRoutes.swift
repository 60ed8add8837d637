/// Groups and their members, for administrators.
enum GroupRoutes {
  static let all: [Route] = []
}
