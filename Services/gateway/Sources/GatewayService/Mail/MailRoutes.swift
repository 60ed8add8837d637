// Mail/ owns mail that waits or failed, and confirming addresses.

import Encodings
import Foundation
import LatchkeyProtocol

/// Mail, and proving addresses.
enum MailRoutes {
  static let all: [Route] = [
    Route(.post, "/api/users/me/send-email-verification", .api, floods: [.general, .sendVerification]) { exchange in
      _ = try exchange.optionalJSON()
      switch try await exchange.services.admin.send(Admin.SendEmailVerification(), exchange.call) {
      case .sent, .alreadyVerified: return .noContent
      case .noAddress: throw Refusal(.conflict, "user_email_not_set", "This account has no e-mail address.")
      case .disabled:
        throw Refusal(.forbidden, "email_verification_disabled", "The administrator has turned this off.")
      case .tooMany:
        throw Refusal(
          .tooManyRequests, "too_many_email_verifications", "Enough of these were sent today. Try again tomorrow.")
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/users/me/verify-email", .api, floods: [.general, .verifyEmail]) { exchange in
      var fields = try exchange.json()
      let token = fields.requiredText("token")
      try fields.check()
      let message = Admin.VerifyEmail(token: Secret(token))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .verified: return .noContent
      case .invalid:
        throw Refusal(
          .badRequest, "invalid_email_verification_token",
          "This was used, has expired, or was sent to another address.")
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/email-address/confirm", .api, floods: [.general, .verifyEmail]) { exchange in
      var fields = try exchange.json()
      let token = fields.requiredText("token")
      try fields.check()
      let message = Admin.ConfirmNewAddress(token: Secret(token))
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .confirmed: return .noContent
      case .invalid:
        throw Refusal(
          .badRequest, "invalid_new_address_token", "This was used, a day has passed, or the address has changed again."
        )
      }
    },
    Route(.post, "/api/application-configuration/test-email", .api) { exchange in
      _ = try exchange.optionalJSON()
      switch try await exchange.services.admin.send(Admin.SendTestMail(), exchange.call) {
      case .delivered: return .noContent
      case .waiting: return .json(["state": "waiting"], .accepted)
      case .failed(let reason, let detail):
        throw Refusal(
          .badGateway, "email_not_sent", detail ?? "The mail could not be sent.", details: ["reason": .string(reason)])
      case .notConfigured: throw Refusal(.conflict, "smtp_not_configured", "No mail server is set.")
      case .noAddress: throw Refusal(.conflict, "user_email_not_set", "Your account has no e-mail address.")
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.get, "/api/mail/failures", .api) { exchange in
      let page = try Admin.PageRequest(exchange.query())
      switch try await exchange.services.admin.send(Admin.ListMail(page: page), exchange.call) {
      case .mail(let mail, _): return .json(.list(mail) { .mailStatus($0) })
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.post, "/api/mail/failures/:id/retry", .api) { exchange in
      _ = try exchange.optionalJSON()
      switch try await exchange.services.admin.send(Admin.RetryMail(id: try mailID(exchange)), exchange.call) {
      case .retried: return .noContent
      case .notFound: throw Refusal.notFound
      case .useless: throw Refusal(.conflict, "mail_expired", "What this mail says has expired.")
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.delete, "/api/mail/failures/:id", .api) { exchange in
      _ = try exchange.optionalJSON()
      switch try await exchange.services.admin.send(Admin.DiscardMail(id: try mailID(exchange)), exchange.call)
      {
      case .discarded: return .noContent
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  private static func mailID(_ exchange: Exchange) throws(Refusal) -> UUID {
    guard let id = UUID(uuidString: exchange.parameter("id")) else { throw Refusal.notFound }
    return id
  }
}

extension RateLimitPolicy {
  package static let sendVerification = RateLimitPolicy("send-email-verification", 2, every: 600, burst: 1)
  package static let verifyEmail = RateLimitPolicy("verify-email", 1, every: 10, burst: 5, of: .guesses)
}
