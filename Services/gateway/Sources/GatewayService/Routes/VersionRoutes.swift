/// Which release this is.
enum VersionRoutes {
  static let all: [Route] = []
}
