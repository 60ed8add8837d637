/// Links by which people sign up.
public protocol SignupLinksAPI: Sendable {
  func createSignupLink(_ message: Admin.CreateSignupLink, _ call: Call) async throws(ServiceFailure)
    -> Admin.CreateSignupLink.Response
  func listSignupLinks(_ message: Admin.ListSignupLinks, _ call: Call) async throws(ServiceFailure)
    -> Admin.ListSignupLinks.Response
  func deleteSignupLink(_ message: Admin.DeleteSignupLink, _ call: Call) async throws(ServiceFailure)
    -> Admin.DeleteSignupLink.Response
}

extension RemoteAdmin {
  public func createSignupLink(
    _ message: Admin.CreateSignupLink, _ call: Call
  ) async throws(ServiceFailure) -> Admin.CreateSignupLink.Response { try await sender.send(message, call) }

  public func listSignupLinks(
    _ message: Admin.ListSignupLinks, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListSignupLinks.Response { try await sender.send(message, call) }

  public func deleteSignupLink(
    _ message: Admin.DeleteSignupLink, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DeleteSignupLink.Response { try await sender.send(message, call) }
}

extension Routes {
  mutating func addSignupLinks(_ api: some SignupLinksAPI) {
    on(Admin.CreateSignupLink.self, from: [.gateway], api.createSignupLink)
    on(Admin.ListSignupLinks.self, from: [.gateway], api.listSignupLinks)
    on(Admin.DeleteSignupLink.self, from: [.gateway], api.deleteSignupLink)
  }
}
