import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules
import Postgres
import ServiceStore
import Store

extension OIDCService {
  func viewInteraction(
    _ message: OIDC.ViewInteraction, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    try await found(message.handle, call) { decided throws(ServiceFailure) in
      try await progress(decided, message.handle, byPage: message.byPage, call)
    }
  }

  func completeStep(_ message: OIDC.CompleteStep, _ call: Call) async throws(ServiceFailure) -> OIDC.Progress {
    try await found(message.handle, call) { found throws(ServiceFailure) in
      var decided = found
      // Signing in and re-authenticating record themselves in the Store; choosing and consenting are recorded here, and
      // only when they were asked for.
      if let session = decided.facts.session, let id = decided.interaction, decided.next.asked == message.step {
        switch message.step {
        case .authenticate, .reauthenticate: break
        case .selectAccount:
          _ = try await store.write(Interactions.SelectAccount(id: id, session: session.id), call)
          decided.selectAccount()
        case .consent:
          let consent = Interactions.Consent(id: id, user: session.user.id, scopes: decided.request.consentScopes)
          _ = try await store.write(consent, call)
          decided.consent()
        }
      }
      return try await progress(decided, message.handle, byPage: false, call)
    }
  }

  /// RFC 6749 §4.1.2.1: the user declined. If nobody is signed in, there is nowhere to record it, and nothing that
  /// could go on without them.
  func cancelInteraction(
    _ message: OIDC.CancelInteraction, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    try await found(message.handle, call) { found throws(ServiceFailure) in
      var decided = found
      if let id = decided.interaction { _ = try await store.write(Interactions.Decline(id: id), call) }
      decided.decline()
      return try await progress(decided, message.handle, byPage: false, call)
    }
  }

  /// Does the work with an existing interaction; a missing one is reported as gone.
  private func found(
    _ handle: OIDC.InteractionHandle, _ call: Call,
    _ work: (DecidedAuthorization) async throws(ServiceFailure) -> OIDC.Progress
  ) async throws(ServiceFailure) -> OIDC.Progress {
    switch try await lookUp(handle, call) {
    case .found(let decided): try await work(decided)
    case .gone(let elsewhere): .gone(elsewhere: elsewhere)
    }
  }

  private enum LookUp {
    case found(DecidedAuthorization)
    case gone(elsewhere: Bool)

    static let over = gone(elsewhere: false)
  }

  /// The interaction, if it is alive and this browser's. Its handle alone is no authority: a browser with another
  /// cookie is told so, and nothing else.
  private func lookUp(_ handle: OIDC.InteractionHandle, _ call: Call) async throws(ServiceFailure) -> LookUp {
    switch handle {
    case .stored(let id): return try await lookUp(stored: id, call)
    case .carried(let text):
      guard let waiting = try? carried.open(UnfinishedRequest.self, from: text, purpose: UnfinishedRequest.purpose)
      else { return .over }
      guard call.isOfBrowser(waiting.browserHash) else { return .gone(elsewhere: true) }
      let facts = try await store.first(
        AuthorizationFacts.ForRequest(clientID: waiting.clientID, tokenHash: call.sessionHash), call)
      guard let facts else { return .over }
      if facts.session != nil { return try await lookUp(stored: try await keep(waiting, carried: text, call), call) }
      guard let request = checked(waiting.parameters, facts) else { return .over }
      return .found(
        DecidedAuthorization(
          request: request, facts: facts, hint: await hint(of: request), requestedAt: waiting.requestedAt))
    }
  }

  private func lookUp(stored id: InteractionID, _ call: Call) async throws(ServiceFailure) -> LookUp {
    guard let row = try await store.first(Interactions.Read(id: id, tokenHash: call.sessionHash), call),
      row.endedBy == nil || row.endedBy == Data(call.id.bytes)
    else { return .over }
    guard call.isOfBrowser(row.browserHash) else { return .gone(elsewhere: true) }
    guard let parameters = UnfinishedRequest.parameters(row.parameters), let request = checked(parameters, row.facts)
    else { return .over }
    return .found(DecidedAuthorization(request: request, id: id, row: row, hint: await hint(of: request)))
  }

  /// Checks the request again as received: changes to the client since then count.
  private func checked(_ parameters: [FormField], _ facts: AuthorizationFacts) -> CheckedAuthorizationRequest? {
    guard let form = try? FormParameters(parameters) else { return nil }
    return try? AuthorizationRequest(form).checked(for: facts.client)
  }

  private func progress(
    _ decided: DecidedAuthorization, _ handle: OIDC.InteractionHandle, byPage: Bool, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    let (client, request) = (decided.facts.shown, decided.request)
    switch try await proceed(decided, byPage: byPage, call) {
    case .deliver(.redirect(let location)): return .redirect(location)
    case .deliver(.formPost(let url, let fields)):
      return .post(OIDC.FormPost(client, url, fields, languages: request.uiLocales))
    case .finishOnPage: return .finishOnPage
    case .page(let refusal): return .page(refusal)
    case .lost: return .gone()
    case .act(let step):
      return .step(
        OIDC.Interaction(
          handle: decided.interaction.map { .stored($0) } ?? handle,
          client: client.returning(to: request.redirectURI.uri.place),
          scopes: request.consentScopes, currentStep: step, requiredSteps: [step], user: decided.facts.session?.user,
          languages: request.uiLocales))
    }
  }
}

extension OIDC.ClientSummary {
  func returning(to place: String?) -> OIDC.ClientSummary {
    var summary = self
    summary.returnsTo = place
    return summary
  }
}

extension OIDC.FormPost {
  /// - Parameter url: a proven redirect URI.
  init(
    _ client: OIDC.ClientSummary, _ url: String, _ fields: [FormField], languages: [String]? = nil
  ) {
    self.init(
      client: client.returning(to: (try? RedirectURI(parsing: url))?.place), url: url,
      fields: fields, languages: languages)
  }
}

extension RedirectURI {
  /// Where the browser will be sent, as it is written and as users recognise it: `https://app.example.com`, or a
  /// private-use scheme. What browsers compare is `origin`.
  var place: String {
    guard isHTTP, let end = text.dropFirst(scheme.count + 3).firstIndex(where: { "/?#".contains($0) }) else {
      return isHTTP ? text : "\(scheme):"
    }
    return String(text[..<end])
  }
}
