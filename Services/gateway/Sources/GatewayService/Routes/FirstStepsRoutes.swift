/// What an administrator does first.
enum FirstStepsRoutes {
  static let all: [Route] = []
}
