/// Custom claims of users and groups.
enum CustomClaimRoutes {
  static let all: [Route] = []
}
