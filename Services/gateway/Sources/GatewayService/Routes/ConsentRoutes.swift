/// What people agreed to.
enum ConsentRoutes {
  static let all: [Route] = []
}
