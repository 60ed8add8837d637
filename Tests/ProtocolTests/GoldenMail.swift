import Foundation
import LatchkeyProtocol

private let moment = Date(timeIntervalSince1970: 1_767_225_600.123456)
private let id = UUID(uuid: (7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7))
private let failed = Admin.MailStatus(
  id: id, kind: "one-time-code", state: .failed, user: UserID(id), username: "ada", email: "ada@example.com",
  createdAt: moment, attempts: 3, failedAt: moment, reason: "recipient", detail: "The server said: 550 nobody",
  canRetry: false)
private let waiting = Admin.MailStatus(id: id, kind: "test", state: .waiting, createdAt: moment, nextAttempt: moment)
private let sending = Admin.MailStatus(id: id, kind: "test", state: .sending, createdAt: moment, nextAttempt: moment)

extension GoldenCatalogue {
  static var mail: [GoldenMessage] {
    [
      .of(
        Admin.ListMail(page: Admin.PageRequest()),
        answers: .mail(Admin.Page(items: [failed, waiting, sending], total: 3, page: 1, limit: 20), configured: true),
        .denied(.notAdministrator)),
      .of(Admin.RetryMail(id: id), answers: .retried, .notFound, .useless, .denied(.notSignedIn)),
      .of(Admin.DiscardMail(id: id), answers: .discarded, .notFound, .denied(.notSignedIn)),
      .of(
        Admin.SendTestMail(), answers: .delivered, .waiting,
        .failed(reason: "connection", detail: "Nothing answers at mx, port 25."), .failed(reason: "other", detail: nil),
        .notConfigured, .noAddress, .denied(.notSignedIn)),
      .of(
        Admin.SendEmailVerification(), answers: .sent, .alreadyVerified, .noAddress, .disabled, .tooMany,
        .denied(.notSignedIn)),
      .of(Admin.ConfirmNewAddress(token: Secret("token")), answers: .confirmed, .invalid),
      .of(Admin.VerifyEmail(token: Secret("token")), answers: .verified, .invalid, .denied(.notSignedIn)),
    ]
  }
}
