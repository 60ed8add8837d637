import AdminService
import SMTP
import Store
import Testing

@Suite("what becomes of a mail after an attempt") struct MailRulesTests {
  private func verdict(
    _ outcome: Outcome, attempts: Int = 1, age: Double = 0, retries: Bool = true
  ) -> (again: Double?, error: String?) {
    switch MailRules.verdict(outcome, attempts: attempts, age: age, retries: retries) {
    case .delivered: (nil, nil)
    case .retry(let seconds, let error): (seconds, error)
    case .failed(let error): (nil, error)
    }
  }

  @Test("the pauses grow from a minute to half a day, and the last attempt is made after a day")
  func pauses() {
    let trouble = Outcome.deferred(.at(.connection))
    #expect((1...7).map { verdict(trouble, attempts: $0).again } == [60, 300, 900, 3600, 14400, 43200, 43200])
    #expect(verdict(trouble, attempts: 6, age: 23 * 3600).again == 3600)
    #expect(verdict(trouble, attempts: 7, age: 24 * 3600).again == nil)
  }

  @Test("a no to this mail is final; a no to us is tried again", arguments: Outcome.Step.allCases)
  func refusals(step: Outcome.Step) {
    let isFinal = step == .recipient || step == .message
    #expect((verdict(.refused(.at(step))).again == nil) == isFinal)
    #expect(verdict(.refused(.at(step))).error == "\(step.rawValue): The server said: no")
  }

  @Test("a mail whose fate is unknown is sent again rather than lost")
  func unknown() {
    let (again, error) = verdict(.unknown(.at(.message)))
    #expect(again == 60)
    #expect(error == "unknown: The server said: no")
  }

  @Test("mail that somebody is watching is not tried again")
  func watched() {
    #expect(verdict(.deferred(.at(.connection)), retries: false).again == nil)
  }
}
