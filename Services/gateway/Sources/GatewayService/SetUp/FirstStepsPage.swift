package import LatchkeyProtocol

/// `/settings/start` — after set-up: a second way in, the first person, the first app.
package struct FirstStepsPage: Page {
  package static let template = "first-steps"
  let secondWay: Step
  let firstPerson: Step
  let firstApp: Step
  let allDone: Bool
  let anyOpen: Bool
  let userID: String
  let username: String
  let signupLinks: Bool
  let emailRequired: Bool
  let namesRequired = true

  /// - Parameters:
  ///   - user: the user whose second way in it is about.
  ///   - signupLinks: people may sign up by a link here.
  package init(_ steps: Admin.FirstSteps, user: Person, signupLinks: Bool, emailRequired: Bool) {
    func step(_ step: Admin.FirstStep) -> Step {
      Step(done: steps.done.contains(step), skipped: steps.skipped.contains(step) && !steps.done.contains(step))
    }
    secondWay = step(.secondWay)
    firstPerson = step(.firstPerson)
    firstApp = step(.firstApp)
    allDone = Admin.FirstStep.allCases.allSatisfy(steps.done.contains)
    anyOpen = !steps.open.isEmpty
    userID = user.id
    username = user.username
    self.signupLinks = signupLinks
    self.emailRequired = emailRequired
  }

  package struct Step: Sendable {
    let done: Bool
    let skipped: Bool
    let open: Bool

    init(done: Bool, skipped: Bool) {
      self.done = done
      self.skipped = skipped
      open = !done && !skipped
    }
  }
}

/// The card on the account page that leads there, until everything is done or dismissed.
package struct FirstStepsCard: Sendable {
  let done: Int
  let total: Int

  /// Nil if nothing is open.
  package init?(_ steps: Admin.FirstSteps) {
    guard !steps.open.isEmpty else { return nil }
    total = Admin.FirstStep.allCases.count
    done = total - steps.open.count
  }
}
