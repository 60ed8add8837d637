package import Encodings
import Foundation
package import LatchkeyProtocol

extension JSONValue {
  /// A mail that was not delivered.
  package static func mailStatus(_ mail: Admin.MailStatus) -> JSONValue {
    func date(_ date: Date?) -> JSONValue { .optional(date.map { $0.formatted(.iso8601) }) }
    return [
      "id": .string(mail.id.uuidString.lowercased()), "kind": .string(mail.kind), "state": .string(mail.state.rawValue),
      "userId": .optional(mail.user.map { "\($0)" }), "username": .optional(mail.username),
      "email": .optional(mail.email), "createdAt": date(mail.createdAt), "attempts": .whole(mail.attempts),
      "nextAttemptAt": date(mail.nextAttempt), "failedAt": date(mail.failedAt), "reason": .optional(mail.reason),
      "detail": .optional(mail.detail), "canRetry": .bool(mail.canRetry),
    ]
  }
}
