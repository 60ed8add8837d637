/// What an administrator does first.
public protocol FirstStepsAPI: Sendable {}

extension Routes {
  mutating func addFirstSteps(_ api: some FirstStepsAPI) {}
}
