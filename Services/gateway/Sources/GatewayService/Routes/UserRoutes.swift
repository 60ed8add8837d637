/// People, for administrators.
enum UserRoutes {
  static let all: [Route] = []
}
