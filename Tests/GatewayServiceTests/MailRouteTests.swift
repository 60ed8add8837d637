import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Mail, over HTTP")
struct MailRouteTests {
  private let cookie = ["Cookie": "access_token=t"]
  private let id = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))

  private var failed: Admin.MailStatus {
    Admin.MailStatus(
      id: id, kind: "one-time-code", state: .failed, user: Sample.user.id, username: "ada", email: "ada@example.com",
      createdAt: Sample.date, attempts: 1, failedAt: Sample.date, reason: "recipient",
      detail: "The server said: 550 no",
      canRetry: false)
  }

  @Test("sending a confirmation is answered by what became of it")
  func sendVerification() async throws {
    let answers: [(Admin.SendEmailVerification.Response, Int, String?)] = [
      (.sent, 204, nil), (.alreadyVerified, 204, nil), (.noAddress, 409, "user_email_not_set"),
      (.disabled, 403, "email_verification_disabled"), (.tooMany, 429, "too_many_email_verifications"),
      (.denied(.notSignedIn), 401, "not_signed_in"),
    ]
    for (answer, status, code) in answers {
      try await withGateway { (services, client) async throws in
        services.on(Admin.SendEmailVerification.self, answer)
        let reply = try await client.post("/api/users/me/send-email-verification", [:], cookie)
        #expect(reply.status == status && reply.json["code"]?.string == code)
      }
    }
  }

  @Test("a token is handed on whole, and a wrong one refused with Pocket ID's code")
  func verify() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.VerifyEmail.self, .invalid)
      let reply = try await client.post("/api/users/me/verify-email", ["token": "abc"], cookie)
      #expect(reply.status == 400 && reply.json["code"] == "invalid_email_verification_token")
      #expect(services.asked(Admin.VerifyEmail.self).map(\.token.exposed) == ["abc"])
      #expect(try await client.post("/api/users/me/verify-email", [:], cookie).status == 400)
      services.on(Admin.VerifyEmail.self, .verified)
      #expect(try await client.post("/api/users/me/verify-email", ["token": "abc"], cookie).status == 204)
    }
  }

  @Test(
    "a changed address is confirmed by whoever reads the former mailbox, signed in or not; looking confirms nothing")
  func confirmNewAddress() async throws {
    try await withGateway { (services, client) async throws in
      let page = try await client.get("/confirm-new-address?token=abc")
      #expect(page.status == 200 && page.text.contains("data-token=\"abc\""))
      #expect(services.asked(Admin.ConfirmNewAddress.self).isEmpty)
      services.on(Admin.ConfirmNewAddress.self, .invalid)
      let reply = try await client.post("/api/email-address/confirm", ["token": "abc"])
      #expect(reply.status == 400 && reply.json["code"] == "invalid_new_address_token")
      #expect(services.asked(Admin.ConfirmNewAddress.self).map(\.token.exposed) == ["abc"])
      #expect(try await client.post("/api/email-address/confirm", [:]).status == 400)
      services.on(Admin.ConfirmNewAddress.self, .confirmed)
      #expect(try await client.post("/api/email-address/confirm", ["token": "abc"]).status == 204)
    }
  }

  @Test("one address may have few confirmations sent, and few tokens tried")
  func floods() async throws {
    try await withGateway(limitsFloods: true) { (services, client) async throws in
      services.on(Admin.SendEmailVerification.self, .sent)
      services.on(Admin.VerifyEmail.self, .invalid)
      #expect(try await client.post("/api/users/me/send-email-verification", [:], cookie).status == 204)
      let second = try await client.post("/api/users/me/send-email-verification", [:], cookie)
      #expect(second.status == 429 && second["Retry-After"] != nil)
      for _ in 0..<5 { _ = try await client.post("/api/users/me/verify-email", ["token": "abc"], cookie) }
      #expect(try await client.post("/api/users/me/verify-email", ["token": "abc"], cookie).status == 429)
    }
  }

  @Test("a test mail is answered by what became of it")
  func testMail() async throws {
    let answers: [(Admin.SendTestMail.Response, Int, String?)] = [
      (.delivered, 204, nil), (.waiting, 202, nil), (.notConfigured, 409, "smtp_not_configured"),
      (.noAddress, 409, "user_email_not_set"), (.failed(reason: "connection", detail: "gone"), 502, "email_not_sent"),
      (.denied(.notAdministrator), 403, "forbidden"),
    ]
    for (answer, status, code) in answers {
      try await withGateway { (services, client) async throws in
        services.on(Admin.SendTestMail.self, answer)
        let reply = try await client.post("/api/application-configuration/test-email", [:], cookie)
        #expect(reply.status == status && reply.json["code"]?.string == code)
      }
    }
  }

  @Test("failures are listed in the REST API's form, tried again and discarded")
  func failures() async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        Admin.ListMail.self, .mail(Admin.Page(items: [failed], total: 1, page: 1, limit: 20), configured: true))
      let list = try await client.get("/api/mail/failures", cookie)
      let first = try #require(list.json["data"]?.array?.first)
      #expect(first["id"]?.string == id.uuidString.lowercased() && first["state"] == "failed")
      #expect(first["reason"] == "recipient" && first["nextAttemptAt"] == .null && first["canRetry"] == false)
      let path = "/api/mail/failures/\(id)"
      services.on(Admin.RetryMail.self, .useless)
      #expect(try await client.post("\(path)/retry", [:], cookie).json["code"] == "mail_expired")
      services.on(Admin.RetryMail.self, .retried)
      #expect(try await client.post("\(path)/retry", [:], cookie).status == 204)
      services.on(Admin.DiscardMail.self, .discarded)
      #expect(try await client.post(path, [:], cookie, method: "DELETE").status == 204)
      #expect(try await client.post("/api/mail/failures/nonsense/retry", [:], cookie).status == 404)
    }
  }

  @Test("the page names what failed and why, and is for administrators")
  func page() async throws {
    try await withGateway { (services, client) async throws in
      let session = Auth.CurrentSession.Response.signedIn(Sample.user, Sample.session)
      services.on(Auth.CurrentSession.self, session)
      services.on(
        Admin.ListMail.self, .mail(Admin.Page(items: [failed], total: 1, page: 1, limit: 20), configured: false))
      let page = try await client.get("/settings/admin/mail", cookie)
      #expect(page.status == 200 && page.text.contains("The mail server refused the recipient’s address."))
      #expect(page.text.contains("550 no") && page.text.contains("No mail server is set"))
      services.on(Admin.ListMail.self, .denied(.notAdministrator))
      #expect(try await client.get("/settings/admin/mail", cookie).status == 403)
      #expect(try await client.get("/settings/admin/mail")["Location"]?.hasPrefix("/login?redirect=") == true)
    }
  }

  @Test("the link of a confirmation mail leads to sign-in first, and keeps its token")
  func link() async throws {
    try await withGateway { (services, client) async throws in
      let away = try await client.get("/verify-email?token=abc")
      #expect(away["Location"] == "/login?redirect=%2Fverify-email%3Ftoken%3Dabc")
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      let page = try await client.get("/verify-email?token=abc", cookie)
      #expect(page.status == 200 && page.text.contains("data-token=\"abc\""))
      #expect(services.asked(Admin.VerifyEmail.self).isEmpty, "looking proves nothing")
    }
  }
}
