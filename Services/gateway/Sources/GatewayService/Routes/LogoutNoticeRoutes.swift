/// What apps were told of ended sessions.
enum LogoutNoticeRoutes {
  static let all: [Route] = []
}
