/// Pages of the record.
enum AuditLogPageRoutes {
  static let all: [Route] = []
}
