/// Signing up, one-time codes, and the links and mails that carry them.
public protocol WaysInAPI: Sendable {}

extension Routes {
  mutating func addWaysIn(_ api: some WaysInAPI) {}
}
