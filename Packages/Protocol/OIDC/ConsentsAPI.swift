/// What people agreed to, and taking it back.
public protocol ConsentsAPI: Sendable {}

extension Routes {
  mutating func addConsents(_ api: some ConsentsAPI) {}
}
