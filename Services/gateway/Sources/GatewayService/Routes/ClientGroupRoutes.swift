/// Which groups may use which app.
enum ClientGroupRoutes {
  static let all: [Route] = []
}
