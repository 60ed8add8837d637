import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store

extension AdminService {
  func sendEmailVerification(
    _ message: Admin.SendEmailVerification, _ call: Call
  ) async throws(ServiceFailure) -> Admin.SendEmailVerification.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    guard try await store.settings(call).emailVerification else { return .disabled }
    guard let email = principal.user.email else { return .noAddress }
    if principal.user.emailVerified { return .alreadyVerified }
    // Derived from the request's id: a repeated request yields the same token, and the user never gets two mails.
    let token = Base64URL.encode(derived.hash("\(call.id)", purpose: "email-verification/\(principal.user.id)"))
    let lifetime = Limits.emailVerification / .seconds(1)
    let link = "\(appURL.issuer)/verify-email?token=\(token)"
    let content = Mail.Content.verifyEmail(link: Secret(link), expiresAt: Date() + lifetime)
    let send = EmailVerifications.Send(
      mail: try mail.item(Mail(content, to: email, languages: call.caller.languages), call),
      tokenHash: Data(Digest.sha256(token)), user: principal.user.id, email: email, lifetimeSeconds: lifetime)
    return try await store.write(send, call).rows.first == true ? .sent : .tooMany
  }

  func verifyEmail(
    _ message: Admin.VerifyEmail, _ call: Call
  ) async throws(ServiceFailure) -> Admin.VerifyEmail.Response {
    guard let principal = try await store.principal(call) else { return .denied(.notSignedIn) }
    let token = message.token.exposed
    guard token.utf8.count == Limits.emailVerificationToken else { return .invalid }
    let use = EmailVerifications.Use(
      tokenHash: Data(Digest.sha256(token)), user: principal.user.id, request: call.id,
      entry: AuditEntry(.emailVerified, call, of: principal))
    return try await store.write(use, call).rows.first == true ? .verified : .invalid
  }
}
