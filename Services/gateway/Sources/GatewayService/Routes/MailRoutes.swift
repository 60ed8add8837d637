/// Mail, and proving addresses.
enum MailRoutes {
  static let all: [Route] = []
}
