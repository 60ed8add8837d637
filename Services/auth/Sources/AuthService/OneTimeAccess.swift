import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import ServiceStore
import Store

/// Codes that an administrator hands out.
extension AuthService {
  func createOneTimeCode(
    _ message: Auth.CreateOneTimeCode, _ call: Call
  ) async throws(ServiceFailure) -> Auth.CreateOneTimeCode.Response {
    try await store.forAdministrators(call) { principal throws(ServiceFailure) in
      let problems = Self.problems(ofLifetime: message.lifetimeSeconds)
      guard problems.isEmpty else { return .invalid(problems) }
      guard let user = try await store.first(Users.Find(message.user), call) else { return .notFound }
      let entry = handingOut(to: user, by: principal, "link", message.lifetimeSeconds, call)
      let candidates = candidates(message.lifetimeSeconds, call)
      let news = try mail.item(
        Mail(.signInLink(by: principal.user.nameToShow, Mail.Origin(call, at: clock.now()))), call,
        subject: "\(user.id)"
      )
      let made = try await store.transaction(call) { transaction -> String? in
        guard try await principal.uses(.oneTimeLink, in: transaction, call) else { return nil }
        // A retry of this request gets the same code again.
        let isRepeated = try await transaction.first(AuditLog.Holds(entry)) ?? false
        for code in candidates {
          let new = NewOneTimeCode(
            hash: self.hash(of: code), lifetimeSeconds: message.lifetimeSeconds,
            origin: principal.session == nil ? .apiKey : .admin,
            createdBy: principal.user.id)
          if isRepeated {
            let look = OneTimeCodes.Look(codeHash: self.hash(of: code), request: call.id, browserHash: nil)
            if try await transaction.first(look)?.user.id == user.id { return code }
          } else if try await transaction.write(OneTimeCodes.Create(new, for: user.id, entry: entry)).rows.first == true
          {
            // A user without a passkey waits for the link; one with a passkey should know that there is another way in.
            if user.email != nil, try await !transaction.read(Passkeys.List(user: user.id)).isEmpty {
              try await transaction.write(Outbox.Tell(user.id, news))
            }
            return code
          }
        }
        throw ServiceFailure(.internal, mayHaveHappened: false, "No code is free.")
      }
      guard let made else { return .denied(.proofRequired) }
      logger.notice(
        "one-time code created",
        metadata: ["user": "\(user.id)", "by": "\(principal.user.id)", "request": "\(call.id)"])
      return .created(code: Secret(made))
    }
  }

  // MARK: Shared with codes by mail

  func handingOut(
    to user: User, by principal: Principal, _ method: String, _ lifetimeSeconds: Double, _ call: Call
  ) -> AuditEntry {
    var entry = AuditEntry(.oneTimeLinkCreated, call, by: principal)
    entry.userID = user.id
    entry.username = user.username
    entry.data = ["method": method, "lifetimeSeconds": "\(Int(lifetimeSeconds))"]
    return entry
  }

  /// The codes that this request makes, in the order in which they are tried: the same for a retry, so that a code can
  /// be returned again without being stored; more than one, since a short one may already be taken.
  func candidates(_ lifetimeSeconds: Double, _ call: Call) -> [String] {
    let length = ShortCode.length(forLifetime: .seconds(lifetimeSeconds))
    return (0..<Limits.codeCandidates).map { number in
      ShortCode.spelling(tokens.hash("\(call.id)/\(number)", purpose: OneTimeCodes.purpose).prefix(length))
    }
  }

  func hash(of code: String) -> Data { Data(codes.hash(code, purpose: OneTimeCodes.purpose)) }

  /// The REST API's rule: more than a second, at most 31 days.
  static func problems(ofLifetime seconds: Double) -> [FieldProblem] {
    guard seconds.isFinite, seconds > 1, seconds <= Limits.longestCode / .seconds(1) else {
      return [FieldProblem("ttl", "invalid", "More than 1 second and at most 31 days.")]
    }
    return []
  }
}
