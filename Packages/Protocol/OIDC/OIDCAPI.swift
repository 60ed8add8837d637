/// What the `oidc` service answers: one method per message. The service, its remote stub and the fakes of tests
/// conform, so that the compiler finds what is missing.
public protocol OIDCAPI: ConsentsAPI, MismatchesAPI, IntrospectionAPI, LogoutAPI, SigningKeysAPI {
  func authorize(_ message: OIDC.Authorize, _ call: Call) async throws(ServiceFailure) -> OIDC.Authorize.Response
  func viewInteraction(_ message: OIDC.ViewInteraction, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ViewInteraction.Response
  func completeStep(_ message: OIDC.CompleteStep, _ call: Call) async throws(ServiceFailure)
    -> OIDC.CompleteStep.Response
  func cancelInteraction(_ message: OIDC.CancelInteraction, _ call: Call) async throws(ServiceFailure)
    -> OIDC.CancelInteraction.Response
  func exchangeToken(_ message: OIDC.ExchangeToken, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ExchangeToken.Response
  func userInfo(_ message: OIDC.UserInfo, _ call: Call) async throws(ServiceFailure) -> OIDC.UserInfo.Response
  func metadata(_ message: OIDC.Metadata, _ call: Call) async throws(ServiceFailure) -> OIDC.Metadata.Response
  func keys(_ message: OIDC.Keys, _ call: Call) async throws(ServiceFailure) -> OIDC.Keys.Response
}

/// The `oidc` service, somewhere else: every method sends its message.
public struct RemoteOIDC: OIDCAPI, Sendable {
  let sender: any MessageSender

  public init(_ sender: any MessageSender) { self.sender = sender }

  public func authorize(_ message: OIDC.Authorize, _ call: Call) async throws(ServiceFailure) -> OIDC.Authorize.Response
  {
    try await sender.send(message, call)
  }

  public func viewInteraction(_ message: OIDC.ViewInteraction, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ViewInteraction.Response
  {
    try await sender.send(message, call)
  }

  public func completeStep(_ message: OIDC.CompleteStep, _ call: Call) async throws(ServiceFailure)
    -> OIDC.CompleteStep.Response
  {
    try await sender.send(message, call)
  }

  public func cancelInteraction(_ message: OIDC.CancelInteraction, _ call: Call) async throws(ServiceFailure)
    -> OIDC.CancelInteraction.Response
  {
    try await sender.send(message, call)
  }

  public func exchangeToken(_ message: OIDC.ExchangeToken, _ call: Call) async throws(ServiceFailure)
    -> OIDC.ExchangeToken.Response
  {
    try await sender.send(message, call)
  }

  public func userInfo(_ message: OIDC.UserInfo, _ call: Call) async throws(ServiceFailure) -> OIDC.UserInfo.Response {
    try await sender.send(message, call)
  }

  public func metadata(_ message: OIDC.Metadata, _ call: Call) async throws(ServiceFailure) -> OIDC.Metadata.Response {
    try await sender.send(message, call)
  }

  public func keys(_ message: OIDC.Keys, _ call: Call) async throws(ServiceFailure) -> OIDC.Keys.Response {
    try await sender.send(message, call)
  }
}

extension Routes {
  /// The methods of the `oidc` service, and who may call them: the gateway alone.
  public init(_ api: some OIDCAPI) {
    self.init(service: "oidc")
    on(OIDC.Authorize.self, from: [.gateway], api.authorize)
    on(OIDC.ViewInteraction.self, from: [.gateway], api.viewInteraction)
    on(OIDC.CompleteStep.self, from: [.gateway], api.completeStep)
    on(OIDC.CancelInteraction.self, from: [.gateway], api.cancelInteraction)
    on(OIDC.ExchangeToken.self, from: [.gateway], api.exchangeToken)
    on(OIDC.UserInfo.self, from: [.gateway], api.userInfo)
    on(OIDC.Metadata.self, from: [.gateway], api.metadata)
    on(OIDC.Keys.self, from: [.gateway], api.keys)
    addConsents(api)
    addMismatches(api)
    addIntrospection(api)
    addLogout(api)
    addSigningKeys(api)
  }
}
