/// What an administrator does to another person's passkeys and sessions.
public protocol WardensAPI: Sendable {}

extension Routes {
  mutating func addWardens(_ api: some WardensAPI) {}
}
