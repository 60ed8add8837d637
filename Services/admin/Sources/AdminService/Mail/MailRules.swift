import Foundation
package import SMTP
package import Store

/// Why a mail was not sent, as a word for which pages have a sentence, and what else is known.
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

/// Decides what happens to a mail after an attempt.
package enum MailRules {
  /// Pauses between attempts: a brief problem costs a minute, a long one does not fill the server's log.
  package static let pauses: [Double] = [60, 300, 900, 3600, 4 * 3600, 12 * 3600]
  /// Users wait no longer than this for a mail; the last attempt is made when it is over.
  package static let patience: Double = 24 * 3600

  /// - Parameters:
  ///   - attempts: made so far, this one included.
  ///   - age: seconds since the mail was posted.
  ///   - retries: false for mail whose sender is watching, and will send it again themselves.
  package static func verdict(_ outcome: Outcome, attempts: Int, age: Double, retries: Bool) -> Outbox.Verdict {
    switch outcome {
    case .delivered: return .delivered
    // A refusal of this mail is final. A refusal of us (a wrong password, say) lasts until it is fixed.
    case .refused(let trouble) where trouble.step.concernsTheMail: return .failed(error: MailTrouble(trouble).text)
    case .refused(let trouble), .deferred(let trouble):
      return later(MailTrouble(trouble), attempts: attempts, age: age, retries: retries)
    // Better twice than never: the second copy has the same Message-ID.
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
