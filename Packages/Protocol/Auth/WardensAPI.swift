/// What an administrator does to another person's passkeys and sessions, and who it is that calls.
public protocol WardensAPI: Sendable {
  func currentUser(_ message: Auth.CurrentUser, _ call: Call) async throws(ServiceFailure) -> Auth.CurrentUser.Response
  func whyNobody(_ message: Auth.WhyNobody, _ call: Call) async throws(ServiceFailure) -> Auth.WhyNobody.Response
  func listPasskeysOf(_ message: Auth.ListPasskeysOf, _ call: Call) async throws(ServiceFailure)
    -> Auth.ListPasskeysOf.Response
  func removePasskeyOf(_ message: Auth.RemovePasskeyOf, _ call: Call) async throws(ServiceFailure)
    -> Auth.RemovePasskeyOf.Response
  func listSessionsOf(_ message: Auth.ListSessionsOf, _ call: Call) async throws(ServiceFailure)
    -> Auth.ListSessionsOf.Response
  func endSessionsOf(_ message: Auth.EndSessionsOf, _ call: Call) async throws(ServiceFailure)
    -> Auth.EndSessionsOf.Response
}

extension RemoteAuth {
  public func currentUser(
    _ message: Auth.CurrentUser, _ call: Call
  ) async throws(ServiceFailure) -> Auth.CurrentUser.Response { try await sender.send(message, call) }

  public func whyNobody(
    _ message: Auth.WhyNobody, _ call: Call
  ) async throws(ServiceFailure) -> Auth.WhyNobody.Response { try await sender.send(message, call) }

  public func listPasskeysOf(
    _ message: Auth.ListPasskeysOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ListPasskeysOf.Response { try await sender.send(message, call) }

  public func removePasskeyOf(
    _ message: Auth.RemovePasskeyOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.RemovePasskeyOf.Response { try await sender.send(message, call) }

  public func listSessionsOf(
    _ message: Auth.ListSessionsOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ListSessionsOf.Response { try await sender.send(message, call) }

  public func endSessionsOf(
    _ message: Auth.EndSessionsOf, _ call: Call
  ) async throws(ServiceFailure) -> Auth.EndSessionsOf.Response { try await sender.send(message, call) }
}

extension Routes {
  mutating func addWardens(_ api: some WardensAPI) {
    on(Auth.CurrentUser.self, from: [.gateway], api.currentUser)
    on(Auth.WhyNobody.self, from: [.gateway], api.whyNobody)
    on(Auth.ListPasskeysOf.self, from: [.gateway], api.listPasskeysOf)
    on(Auth.RemovePasskeyOf.self, from: [.gateway], api.removePasskeyOf)
    on(Auth.ListSessionsOf.self, from: [.gateway], api.listSessionsOf)
    on(Auth.EndSessionsOf.self, from: [.gateway], api.endSessionsOf)
  }
}
