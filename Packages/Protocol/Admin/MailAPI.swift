/// Mail that is to be sent, and proving addresses.
public protocol MailAPI: Sendable {
  func listMail(_ message: Admin.ListMail, _ call: Call) async throws(ServiceFailure) -> Admin.ListMail.Response
  func retryMail(_ message: Admin.RetryMail, _ call: Call) async throws(ServiceFailure) -> Admin.RetryMail.Response
  func discardMail(_ message: Admin.DiscardMail, _ call: Call) async throws(ServiceFailure)
    -> Admin.DiscardMail.Response
  func sendTestMail(_ message: Admin.SendTestMail, _ call: Call) async throws(ServiceFailure)
    -> Admin.SendTestMail.Response
  func sendEmailVerification(_ message: Admin.SendEmailVerification, _ call: Call) async throws(ServiceFailure)
    -> Admin.SendEmailVerification.Response
  func verifyEmail(_ message: Admin.VerifyEmail, _ call: Call) async throws(ServiceFailure)
    -> Admin.VerifyEmail.Response
  func confirmNewAddress(_ message: Admin.ConfirmNewAddress, _ call: Call) async throws(ServiceFailure)
    -> Admin.ConfirmNewAddress.Response
}

extension RemoteAdmin {
  public func listMail(
    _ message: Admin.ListMail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ListMail.Response { try await sender.send(message, call) }

  public func retryMail(
    _ message: Admin.RetryMail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.RetryMail.Response { try await sender.send(message, call) }

  public func discardMail(
    _ message: Admin.DiscardMail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.DiscardMail.Response { try await sender.send(message, call) }

  public func sendTestMail(
    _ message: Admin.SendTestMail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SendTestMail.Response { try await sender.send(message, call) }

  public func sendEmailVerification(
    _ message: Admin.SendEmailVerification, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SendEmailVerification.Response { try await sender.send(message, call) }

  public func verifyEmail(
    _ message: Admin.VerifyEmail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.VerifyEmail.Response { try await sender.send(message, call) }

  public func confirmNewAddress(
    _ message: Admin.ConfirmNewAddress, _ call: Call
  ) async throws(ServiceFailure) -> Admin.ConfirmNewAddress.Response { try await sender.send(message, call) }
}

extension Routes {
  mutating func addMail(_ api: some MailAPI) {
    on(Admin.ListMail.self, from: [.gateway], api.listMail)
    on(Admin.RetryMail.self, from: [.gateway], api.retryMail)
    on(Admin.DiscardMail.self, from: [.gateway], api.discardMail)
    on(Admin.SendTestMail.self, from: [.gateway], api.sendTestMail)
    on(Admin.SendEmailVerification.self, from: [.gateway], api.sendEmailVerification)
    on(Admin.VerifyEmail.self, from: [.gateway], api.verifyEmail)
    on(Admin.ConfirmNewAddress.self, from: [.gateway], api.confirmNewAddress)
  }
}
