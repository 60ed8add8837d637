import Encodings
import LatchkeyProtocol

/// An unfinished authorization, as JSON: its state, the completed step, the decision to cancel.
enum InteractionRoutes {
  static let all: [Route] = [
    Route(.get, "/api/oidc/interactions/:id", .api) { exchange in
      let handle = try handle(exchange)
      let message = OIDC.ViewInteraction(handle, byPage: false)
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .step(let interaction): return .json(.interaction(interaction))
      case let other: return try done(other, handle, exchange)
      }
    },
    Route(.post, "/api/oidc/interactions/:id/complete", .api, [.browserOnly]) { exchange in
      var fields = try exchange.json()
      let step = OIDC.Step(rawValue: fields.requiredText("step"))
      let steps = OIDC.Step.allCases.map(\.rawValue).joined(separator: ", ")
      if step == nil, fields.problems.isEmpty { fields.refuse("step", "invalid", "Expected one of \(steps).") }
      try fields.check()
      guard let step else { throw Refusal.notFound }
      let handle = try handle(exchange)
      let message = OIDC.CompleteStep(handle, step: step)
      return try done(await exchange.services.oidc.send(message, exchange.call), handle, exchange)
    },
    Route(.post, "/api/oidc/interactions/:id/cancel", .api, [.browserOnly]) { exchange in
      _ = try exchange.optionalJSON()
      let handle = try handle(exchange)
      let message = OIDC.CancelInteraction(handle)
      return try done(await exchange.services.oidc.send(message, exchange.call), handle, exchange)
    },
  ]

  private static func handle(_ exchange: Exchange) throws(Refusal) -> OIDC.InteractionHandle {
    guard let handle = OIDC.InteractionHandle(exchange.parameter("id")) else { throw Refusal.notFound }
    return handle
  }

  private static func done(
    _ progress: OIDC.Progress, _ handle: OIDC.InteractionHandle, _ exchange: Exchange
  ) throws -> Response {
    switch progress {
    case .step(let interaction): return .json(["interaction": .interaction(interaction)])
    case .redirect(let url): return .json(["redirectUrl": .string(url)])
    // An answer that is a form is issued by the page that posts it: no URL holds what this address leads to.
    case .finishOnPage:
      return .json(["redirectUrl": .string("\(exchange.site.settings.appURL)/interaction?interaction=\(handle)")])
    case .post: throw ServiceFailure(.internal, mayHaveHappened: true, "Nothing but a page can post a form.")
    case .page(let refusal): throw Refusal(refusal)
    case .gone(let elsewhere):
      guard elsewhere == true else { throw Refusal(.notFound, "interaction_not_found", "This sign-in has ended.") }
      throw Refusal(
        .notFound, "interaction_elsewhere",
        "This sign-in was begun in another browser, or this one has lost its cookies since.")
    }
  }
}

extension Refusal {
  init(_ refusal: OIDC.PageRefusal) {
    switch refusal {
    case .unknownClient: self.init(.badRequest, "not_found", "No app has this client id.")
    case .redirectURI:
      self.init(.badRequest, "oidc_invalid_callback_url", "The address to return to is not one of the app's.")
    case .unreadable(let sentence): self.init(.badRequest, "invalid_request", sentence)
    case .notAllowed(let name, _): self.init(.forbidden, "oidc_access_denied", "You may not use \(name).")
    }
  }
}
