import Foundation
public import LatchkeyProtocol
import OIDCRules
import Postgres
import ServiceKit
import Store

extension OIDCService {
  public func viewInteraction(
    _ message: OIDC.ViewInteraction, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    guard let situation = try await situation(message.id, call) else { return .gone }
    return try await progress(situation, message.id, byPage: message.byPage, call)
  }

  public func completeStep(_ message: OIDC.CompleteStep, _ call: Call) async throws(ServiceFailure) -> OIDC.Progress {
    guard var situation = try await situation(message.id, call) else { return .gone }
    // Signing in and proving leave their traces in the Store by themselves; choosing and consenting are said here, and
    // only when they were asked for.
    if let session = situation.facts.session, situation.next.asked == message.step {
      switch message.step {
      case .authenticate, .reauthenticate: break
      case .selectAccount:
        _ = try await store.write(Interactions.SelectAccount(id: message.id, session: session.id), call)
        situation.selectAccount()
      case .consent:
        let consent = Interactions.Consent(
          id: message.id, user: session.user.id, scopes: situation.request.consentScopes)
        _ = try await store.write(consent, call)
        situation.consent()
      }
    }
    return try await progress(situation, message.id, byPage: false, call)
  }

  /// RFC 6749 §4.1.2.1: the person declined.
  public func cancelInteraction(
    _ message: OIDC.CancelInteraction, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    guard var situation = try await situation(message.id, call) else { return .gone }
    _ = try await store.write(Interactions.Decline(id: message.id), call)
    situation.decline()
    return try await progress(situation, message.id, byPage: false, call)
  }

  /// The interaction, if it is alive and this browser's. The id alone is no authority: a browser that brings another
  /// cookie is told nothing, and a posted request belongs to the first browser that comes back for it.
  private func situation(_ id: InteractionID, _ call: Call) async throws(ServiceFailure) -> Situation? {
    guard let browser = call.browserHash,
      let row = try await store.first(Interactions.Read(id: id, tokenHash: call.sessionHash), call),
      row.endedBy == nil || row.endedBy == Data(call.id.bytes)
    else { return nil }
    if let bound = row.browserHash {
      guard constantTimeEqual(Array(bound), Array(browser)) else { return nil }
    } else {
      guard try await store.write(Interactions.Bind(id: id, browserHash: browser), call).count == 1 else { return nil }
    }
    // Checked again as it was received: what has changed about the client since counts.
    guard let parameters = StoredParameters.read(row.parameters), let form = try? FormParameters(parameters),
      let request = try? AuthorizationRequest(form).checked(for: ClientFacts(row.facts.client))
    else { return nil }
    return Situation(request: request, id: id, row: row, hint: await hint(of: request))
  }

  private func progress(
    _ situation: Situation, _ id: InteractionID, byPage: Bool, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    let (client, request) = (situation.facts.client, situation.request)
    switch try await proceed(situation, byPage: byPage, call) {
    case .deliver(.redirect(let location)): return .redirect(location)
    case .deliver(.formPost(let url, let fields)):
      return .post(OIDC.FormPost(client, url, fields, languages: request.uiLocales))
    case .finishOnPage: return .finishOnPage
    case .page(let refusal): return .page(refusal)
    case .lost: return .gone
    case .act(let step):
      return .step(
        OIDC.Interaction(
          id: id, client: OIDC.ClientSummary(client, returnsTo: request.redirectURI.uri.place),
          scopes: request.consentScopes, currentStep: step, requiredSteps: [step], user: situation.facts.session?.user,
          languages: request.uiLocales))
    }
  }
}

extension OIDC.ClientSummary {
  init(_ client: AuthorizationFacts.Client, returnsTo: String?) {
    self.init(
      id: client.id, name: client.name, description: client.description, launchURL: client.launchURL,
      requiresReauthentication: client.requiresReauthentication, returnsTo: returnsTo, logos: client.logos)
  }
}

extension OIDC.FormPost {
  /// - Parameter url: a proven redirect URI.
  init(
    _ client: AuthorizationFacts.Client, _ url: String, _ fields: [FormParameter], languages: [String]? = nil
  ) {
    self.init(
      client: OIDC.ClientSummary(client, returnsTo: (try? RedirectURI(parsing: url))?.place), url: url,
      fields: fields.map { FormField($0.name, $0.value) }, languages: languages)
  }
}

extension RedirectURI {
  /// Where the browser will be sent, as it is written and people recognise it: `https://app.example.com`, or a
  /// private-use scheme. What browsers compare is `origin`.
  var place: String {
    guard isHTTP, let end = text.dropFirst(scheme.count + 3).firstIndex(where: { "/?#".contains($0) }) else {
      return isHTTP ? text : "\(scheme):"
    }
    return String(text[..<end])
  }
}
