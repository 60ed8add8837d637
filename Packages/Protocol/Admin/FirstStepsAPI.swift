/// What an administrator does first.
public protocol FirstStepsAPI: Sendable {
  func getFirstSteps(_ message: Admin.GetFirstSteps, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetFirstSteps.Response
  func skipFirstSteps(_ message: Admin.SkipFirstSteps, _ call: Call) async throws(ServiceFailure)
    -> Admin.SkipFirstSteps.Response
}

extension RemoteAdmin {
  public func getFirstSteps(_ message: Admin.GetFirstSteps, _ call: Call) async throws(ServiceFailure)
    -> Admin.GetFirstSteps.Response
  {
    try await sender.send(message, call)
  }

  public func skipFirstSteps(_ message: Admin.SkipFirstSteps, _ call: Call) async throws(ServiceFailure)
    -> Admin.SkipFirstSteps.Response
  {
    try await sender.send(message, call)
  }
}

extension Routes {
  mutating func addFirstSteps(_ api: some FirstStepsAPI) {
    on(Admin.GetFirstSteps.self, from: [.gateway], api.getFirstSteps)
    on(Admin.SkipFirstSteps.self, from: [.gateway], api.skipFirstSteps)
  }
}
