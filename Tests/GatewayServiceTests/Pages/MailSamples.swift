import GatewayService

extension PageSamples {
  static var mails: [Sample] {
    [
      Sample("mail", mail, viewer: ada),
      Sample("mail-empty", MailPage(mail: [], configured: true, pager: pager(1, 0)), viewer: ada),
      Sample("mail-no-server", MailPage(mail: [], configured: false, pager: pager(1, 0)), viewer: ada),
      Sample("confirm-new-address", ConfirmNewAddressPage(token: "t")),
      Sample("verify-email", VerifyEmailPage(token: "t"), viewer: member),
    ]
  }

  private static var mail: MailPage {
    MailPage(
      mail: [
        MailPage.Row(
          id: "1", kind: "one-time-code", state: "failed", username: "grace", email: "grace@example.com",
          createdAt: ago(1), attempts: 1, reason: "recipient", detail: "The server said: 550 5.1.1 no such user",
          canRetry: false),
        MailPage.Row(
          id: "2", kind: "new-device", state: "waiting", username: "ada", email: "ada@example.com", createdAt: ago(2),
          attempts: 3, nextAttempt: ago(-0.2), reason: "connection",
          detail: "Nothing answers at mail.example.com, port 587."),
        MailPage.Row(
          id: "3", kind: "verify-email", state: "sending", username: rightToLeft, email: nil, createdAt: ago(0)),
        MailPage.Row(
          id: "5", kind: "new-passkey", state: "waiting", username: "ada", email: "ada@example.com", createdAt: ago(0)),
        MailPage.Row(
          id: "6", kind: "new-api-key", state: "waiting", username: "ada", email: "ada@example.com", createdAt: ago(0)),
        MailPage.Row(
          id: "7", kind: "sign-in-link", state: "waiting", username: "ada", email: "ada@example.com", createdAt: ago(0)),
        MailPage.Row(
          id: "8", kind: "new-address", state: "waiting", username: "ada", email: "ada@example.com", createdAt: ago(0)),
        MailPage.Row(
          id: "4", kind: "api-key-expiring", state: "failed", username: nil, email: nil, createdAt: ago(30),
          reason: "surprise"),
      ], configured: true, pager: pager(1, 8))
  }
}
