import Foundation
package import SMTP
package import Store

/// Why a mail did not go, in a word that pages have a sentence for, and what else is known.
package struct MailTrouble: Sendable, Equatable {
  package let reason: String
  package let detail: String?

  package init(_ reason: String, _ detail: String? = nil) {
    self.reason = reason
    self.detail = detail
  }

  init(_ trouble: Outcome.Trouble) { self.init(trouble.step.rawValue, trouble.sentence) }

  static let expired = MailTrouble("expired")
  static let noAddress = MailTrouble("noAddress")
  static let changedAddress = MailTrouble("changedAddress")
  static let disabled = MailTrouble("disabled")
  static let unreadable = MailTrouble("unreadable")

  /// As the outbox keeps it.
  package var text: String { detail.map { "\(reason): \($0)" } ?? reason }
}

/// What becomes of a mail after an attempt.
package enum MailRules {
  /// Between one attempt and the next: a passing trouble costs a minute, a long one does not fill the server's log.
  package static let pauses: [Double] = [60, 300, 900, 3600, 4 * 3600, 12 * 3600]
  /// Nobody waits for a mail longer than this; the last attempt is made when it is over.
  package static let patience: Double = 24 * 3600

  /// - Parameters:
  ///   - attempts: made so far, this one included.
  ///   - age: seconds since the mail was posted.
  ///   - retries: false for mail that somebody is watching, and will send again themselves.
  package static func verdict(_ outcome: Outcome, attempts: Int, age: Double, retries: Bool) -> Outbox.Verdict {
    switch outcome {
    case .delivered: return .delivered
    // What the server says of this mail stands. Its no to us (a wrong password, say) ends when somebody mends it.
    case .refused(let trouble) where trouble.step.concernsTheMail: return .failed(error: MailTrouble(trouble).text)
    case .refused(let trouble), .deferred(let trouble):
      return later(MailTrouble(trouble), attempts: attempts, age: age, retries: retries)
    // Better twice than never: the second bears the same Message-ID.
    case .unknown(let trouble):
      let unknown = MailTrouble("unknown", trouble.sentence)
      return later(unknown, attempts: attempts, age: age, retries: retries)
    }
  }

  private static func later(_ trouble: MailTrouble, attempts: Int, age: Double, retries: Bool) -> Outbox.Verdict {
    guard retries, age < patience else { return .failed(error: trouble.text) }
    let pause = pauses[min(max(attempts, 1), pauses.count) - 1]
    return .retry(seconds: min(pause, patience - age), error: trouble.text)
  }
}
