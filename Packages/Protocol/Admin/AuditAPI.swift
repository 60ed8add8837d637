/// Reading the record.
public protocol AuditAPI: Sendable {}

extension Routes {
  mutating func addAudit(_ api: some AuditAPI) {}
}
