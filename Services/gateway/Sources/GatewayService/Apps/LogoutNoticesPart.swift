package import Foundation

/// On a client's page: the ended sessions of which the app has not been told.
package struct LogoutNoticesPart: Sendable {
  /// Nil for none.
  let waiting: Int?
  let waitingSince: PageTime?
  let nextAttempt: PageTime?
  /// Nil for none.
  let givenUp: Int?
  let lastGivenUp: PageTime?
  /// Exactly one of the words that the template knows, or none.
  let reason: [String: Bool]
  let detail: String?

  /// - Parameters:
  ///   - waiting: how many are still being retried.
  ///   - failed: how many were given up.
  ///   - reason: one of the REST API's words.
  /// - Returns: nil if the app answers: then there is nothing to say.
  package init?(
    waiting: Int, waitingSince: Date? = nil, nextAttempt: Date? = nil, failed: Int, failedAt: Date? = nil,
    reason: String?, detail: String? = nil
  ) {
    guard failed > 0 || (waiting > 0 && reason != nil) else { return nil }
    self.waiting = waiting > 0 ? waiting : nil
    self.waitingSince = waitingSince.map(PageTime.init)
    self.nextAttempt = nextAttempt.map(PageTime.init)
    givenUp = failed > 0 ? failed : nil
    lastGivenUp = failedAt.map(PageTime.init)
    self.reason = reason.map { [$0: true] } ?? [:]
    self.detail = detail
  }
}
