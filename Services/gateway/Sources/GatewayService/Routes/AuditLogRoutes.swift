/// The record.
enum AuditLogRoutes {
  static let all: [Route] = []
}
