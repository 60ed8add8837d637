/// Signing up, one-time codes, and the links and mails that carry them.
public protocol WaysInAPI: Sendable {
  func signUpStatus(_ message: Auth.SignUpStatus, _ call: Call) async throws(ServiceFailure)
    -> Auth.SignUpStatus.Response
  func signUp(_ message: Auth.SignUp, _ call: Call) async throws(ServiceFailure)
    -> Auth.SignUp.Response
  func createOneTimeCode(_ message: Auth.CreateOneTimeCode, _ call: Call) async throws(ServiceFailure)
    -> Auth.CreateOneTimeCode.Response
  func mailOneTimeCode(_ message: Auth.MailOneTimeCode, _ call: Call) async throws(ServiceFailure)
    -> Auth.MailOneTimeCode.Response
  func askForOneTimeCode(_ message: Auth.AskForOneTimeCode, _ call: Call) async throws(ServiceFailure)
    -> Auth.AskForOneTimeCode.Response
  func signInWithCode(_ message: Auth.SignInWithCode, _ call: Call) async throws(ServiceFailure)
    -> Auth.SignInWithCode.Response
  func proveBySignIn(_ message: Auth.ProveBySignIn, _ call: Call) async throws(ServiceFailure)
    -> Auth.ProveBySignIn.Response
}

extension RemoteAuth {
  public func signUpStatus(
    _ message: Auth.SignUpStatus, _ call: Call
  ) async throws(ServiceFailure) -> Auth.SignUpStatus.Response { try await sender.send(message, call) }

  public func signUp(
    _ message: Auth.SignUp, _ call: Call
  ) async throws(ServiceFailure) -> Auth.SignUp.Response { try await sender.send(message, call) }

  public func createOneTimeCode(
    _ message: Auth.CreateOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.CreateOneTimeCode.Response { try await sender.send(message, call) }

  public func mailOneTimeCode(
    _ message: Auth.MailOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.MailOneTimeCode.Response { try await sender.send(message, call) }

  public func askForOneTimeCode(
    _ message: Auth.AskForOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.AskForOneTimeCode.Response { try await sender.send(message, call) }

  public func signInWithCode(
    _ message: Auth.SignInWithCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.SignInWithCode.Response { try await sender.send(message, call) }

  public func proveBySignIn(
    _ message: Auth.ProveBySignIn, _ call: Call
  ) async throws(ServiceFailure) -> Auth.ProveBySignIn.Response { try await sender.send(message, call) }
}

extension Routes {
  mutating func addWaysIn(_ api: some WaysInAPI) {
    on(Auth.SignUpStatus.self, from: [.gateway], api.signUpStatus)
    on(Auth.SignUp.self, from: [.gateway], api.signUp)
    on(Auth.CreateOneTimeCode.self, from: [.gateway], api.createOneTimeCode)
    on(Auth.MailOneTimeCode.self, from: [.gateway], api.mailOneTimeCode)
    on(Auth.AskForOneTimeCode.self, from: [.gateway], api.askForOneTimeCode)
    on(Auth.SignInWithCode.self, from: [.gateway], api.signInWithCode)
    on(Auth.ProveBySignIn.self, from: [.gateway], api.proveBySignIn)
  }
}
