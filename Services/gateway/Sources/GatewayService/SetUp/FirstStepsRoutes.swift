import LatchkeyProtocol

/// What an administrator does first.
enum FirstStepsRoutes {
  static let all: [Route] = [
    Route(.get, "/settings/start", .page, [.settings]) { exchange in
      try await exchange.forAdministrators { exchange in
        try await exchange.services.admin.send(Admin.GetFirstSteps(), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .denied(let denial): return try exchange.denied(denial)
        case .steps(let steps):
          let settings = exchange.site.appearance.last.settings
          let page = FirstStepsPage(
            steps, user: Person(viewer), signupLinks: settings.signupMode != .disabled,
            emailRequired: settings.requireUserEmail)
          return exchange.page(page, viewer: viewer)
        }
      }
    },
    Route(.post, "/api/first-steps/skip", .api) { exchange in
      var fields = try exchange.json()
      var steps: [Admin.FirstStep] = []
      for (index, name) in fields.texts("steps").enumerated() {
        if let step = Admin.FirstStep(rawValue: name) {
          steps.append(step)
        } else {
          fields.refuse("steps[\(index)]", "invalid", "There is no such step.")
        }
      }
      try fields.check()
      switch try await exchange.services.admin.send(Admin.SkipFirstSteps(steps: steps), exchange.call) {
      case .skipped: return .noContent
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]

  /// The card of the account page; nil for users who administer nothing, and while `admin` does not answer: the account
  /// page works without it.
  static func card(for user: User, _ exchange: Exchange) async -> FirstStepsCard? {
    guard user.isAdmin else { return nil }
    var call = exchange.call
    call.deadline = min(call.deadline, .now + longestWait)
    guard case .steps(let steps)? = try? await exchange.services.admin.send(Admin.GetFirstSteps(), call)
    else { return nil }
    return FirstStepsCard(steps)
  }

  /// How long the account page waits for its card: short enough to go unnoticed.
  private static let longestWait = Duration.milliseconds(500)
}
