/// Pages about mail.
enum MailPageRoutes {
  static let all: [Route] = []
}
