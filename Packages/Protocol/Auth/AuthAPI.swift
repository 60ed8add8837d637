/// What the `auth` service answers: one method per message. The service, its remote stub and the fakes of tests
/// conform, so that the compiler finds what is missing.
public protocol AuthAPI: WaysInAPI, AppearanceAPI, ShownImagesAPI, WardensAPI {
  func listPasskeys(_ message: Auth.ListPasskeys, _ call: Call) async throws(ServiceFailure)
    -> Auth.ListPasskeys.Response
  func beginPasskey(_ message: Auth.BeginPasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.BeginPasskey.Response
  func finishPasskey(_ message: Auth.FinishPasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.FinishPasskey.Response
  func renamePasskey(_ message: Auth.RenamePasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.RenamePasskey.Response
  func removePasskey(_ message: Auth.RemovePasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.RemovePasskey.Response
  func beginProof(_ message: Auth.BeginProof, _ call: Call) async throws(ServiceFailure) -> Auth.BeginProof.Response
  func finishProof(_ message: Auth.FinishProof, _ call: Call) async throws(ServiceFailure) -> Auth.FinishProof.Response
  func currentSession(_ message: Auth.CurrentSession, _ call: Call) async throws(ServiceFailure)
    -> Auth.CurrentSession.Response
  func listSessions(_ message: Auth.ListSessions, _ call: Call) async throws(ServiceFailure)
    -> Auth.ListSessions.Response
  func endSessions(_ message: Auth.EndSessions, _ call: Call) async throws(ServiceFailure) -> Auth.EndSessions.Response
  func setupStatus(_ message: Auth.SetupStatus, _ call: Call) async throws(ServiceFailure) -> Auth.SetupStatus.Response
  func beginSetup(_ message: Auth.BeginSetup, _ call: Call) async throws(ServiceFailure) -> Auth.BeginSetup.Response
  func finishSetup(_ message: Auth.FinishSetup, _ call: Call) async throws(ServiceFailure) -> Auth.FinishSetup.Response
  func beginSignIn(_ message: Auth.BeginSignIn, _ call: Call) async throws(ServiceFailure) -> Auth.BeginSignIn.Response
  func finishSignIn(_ message: Auth.FinishSignIn, _ call: Call) async throws(ServiceFailure)
    -> Auth.FinishSignIn.Response
  func redeemOneTimeCode(_ message: Auth.RedeemOneTimeCode, _ call: Call) async throws(ServiceFailure)
    -> Auth.RedeemOneTimeCode.Response
  func signOut(_ message: Auth.SignOut, _ call: Call) async throws(ServiceFailure) -> Auth.SignOut.Response
}

/// The `auth` service, somewhere else: every method sends its message.
public struct RemoteAuth: AuthAPI, Sendable {
  let sender: any MessageSender

  public init(_ sender: any MessageSender) { self.sender = sender }

  public func listPasskeys(_ message: Auth.ListPasskeys, _ call: Call) async throws(ServiceFailure)
    -> Auth.ListPasskeys.Response
  {
    try await sender.send(message, call)
  }

  public func beginPasskey(_ message: Auth.BeginPasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.BeginPasskey.Response
  {
    try await sender.send(message, call)
  }

  public func finishPasskey(_ message: Auth.FinishPasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.FinishPasskey.Response
  {
    try await sender.send(message, call)
  }

  public func renamePasskey(_ message: Auth.RenamePasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.RenamePasskey.Response
  {
    try await sender.send(message, call)
  }

  public func removePasskey(_ message: Auth.RemovePasskey, _ call: Call) async throws(ServiceFailure)
    -> Auth.RemovePasskey.Response
  {
    try await sender.send(message, call)
  }

  public func beginProof(_ message: Auth.BeginProof, _ call: Call) async throws(ServiceFailure)
    -> Auth.BeginProof.Response
  {
    try await sender.send(message, call)
  }

  public func finishProof(_ message: Auth.FinishProof, _ call: Call) async throws(ServiceFailure)
    -> Auth.FinishProof.Response
  {
    try await sender.send(message, call)
  }

  public func currentSession(_ message: Auth.CurrentSession, _ call: Call) async throws(ServiceFailure)
    -> Auth.CurrentSession.Response
  {
    try await sender.send(message, call)
  }

  public func listSessions(_ message: Auth.ListSessions, _ call: Call) async throws(ServiceFailure)
    -> Auth.ListSessions.Response
  {
    try await sender.send(message, call)
  }

  public func endSessions(_ message: Auth.EndSessions, _ call: Call) async throws(ServiceFailure)
    -> Auth.EndSessions.Response
  {
    try await sender.send(message, call)
  }

  public func setupStatus(_ message: Auth.SetupStatus, _ call: Call) async throws(ServiceFailure)
    -> Auth.SetupStatus.Response
  {
    try await sender.send(message, call)
  }

  public func beginSetup(_ message: Auth.BeginSetup, _ call: Call) async throws(ServiceFailure)
    -> Auth.BeginSetup.Response
  {
    try await sender.send(message, call)
  }

  public func finishSetup(_ message: Auth.FinishSetup, _ call: Call) async throws(ServiceFailure)
    -> Auth.FinishSetup.Response
  {
    try await sender.send(message, call)
  }

  public func beginSignIn(_ message: Auth.BeginSignIn, _ call: Call) async throws(ServiceFailure)
    -> Auth.BeginSignIn.Response
  {
    try await sender.send(message, call)
  }

  public func finishSignIn(_ message: Auth.FinishSignIn, _ call: Call) async throws(ServiceFailure)
    -> Auth.FinishSignIn.Response
  {
    try await sender.send(message, call)
  }

  public func redeemOneTimeCode(_ message: Auth.RedeemOneTimeCode, _ call: Call) async throws(ServiceFailure)
    -> Auth.RedeemOneTimeCode.Response
  {
    try await sender.send(message, call)
  }

  public func signOut(_ message: Auth.SignOut, _ call: Call) async throws(ServiceFailure) -> Auth.SignOut.Response {
    try await sender.send(message, call)
  }
}

extension Routes {
  /// The methods of the `auth` service, and who may call them: the gateway alone.
  public init(_ api: some AuthAPI) {
    self.init(service: "auth")
    on(Auth.ListPasskeys.self, from: [.gateway], api.listPasskeys)
    on(Auth.BeginPasskey.self, from: [.gateway], api.beginPasskey)
    on(Auth.FinishPasskey.self, from: [.gateway], api.finishPasskey)
    on(Auth.RenamePasskey.self, from: [.gateway], api.renamePasskey)
    on(Auth.RemovePasskey.self, from: [.gateway], api.removePasskey)
    on(Auth.BeginProof.self, from: [.gateway], api.beginProof)
    on(Auth.FinishProof.self, from: [.gateway], api.finishProof)
    on(Auth.CurrentSession.self, from: [.gateway], api.currentSession)
    on(Auth.ListSessions.self, from: [.gateway], api.listSessions)
    on(Auth.EndSessions.self, from: [.gateway], api.endSessions)
    on(Auth.SetupStatus.self, from: [.gateway], api.setupStatus)
    on(Auth.BeginSetup.self, from: [.gateway], api.beginSetup)
    on(Auth.FinishSetup.self, from: [.gateway], api.finishSetup)
    on(Auth.BeginSignIn.self, from: [.gateway], api.beginSignIn)
    on(Auth.FinishSignIn.self, from: [.gateway], api.finishSignIn)
    on(Auth.RedeemOneTimeCode.self, from: [.gateway], api.redeemOneTimeCode)
    on(Auth.SignOut.self, from: [.gateway], api.signOut)
    addWaysIn(api)
    addAppearance(api)
    addShownImages(api)
    addWardens(api)
  }
}
