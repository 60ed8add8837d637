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
    return try await progress(situation, message.id, call)
  }

  public func completeStep(_ message: OIDC.CompleteStep, _ call: Call) async throws(ServiceFailure) -> OIDC.Progress {
    guard var situation = try await situation(message.id, call) else { return .gone }
    // Signing in and proving leave their traces in the Store by themselves; choosing and consenting are said here.
    let hint = await hintedSubject(of: situation.request)
    if let session = situation.facts.session, situation.nextStep(hintedSubject: hint).asked == message.step {
      switch message.step {
      case .authenticate, .reauthenticate: break
      case .selectAccount:
        _ = try await store.write(Interactions.SelectAccount(id: message.id, session: session.id), call)
        situation.accountSelected = true
      case .consent:
        let consent = Interactions.Consent(id: message.id, user: session.user.id, scopes: situation.request.scopes)
        _ = try await store.write(consent, call)
        situation.consentedBy = session.user.id
      }
    }
    return try await progress(situation, message.id, call)
  }

  /// RFC 6749 §4.1.2.1: the person declined.
  public func cancelInteraction(
    _ message: OIDC.CancelInteraction, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    guard let situation = try await situation(message.id, call) else { return .gone }
    _ = try await store.write(Interactions.End(id: message.id, request: call.id), call)
    if situation.facts.session != nil {
      await note(.clientAuthorizationRefused, "access_denied", "The user declined.", about: situation, call)
    }
    return .redirect(
      AuthorizationResponse.failure(
        OAuthError(.accessDenied, "The user declined."), for: situation.request, issuer: settings.issuer))
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
    return Situation(request: request, id: id, row: row)
  }

  private func progress(
    _ situation: Situation, _ id: InteractionID, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.Progress {
    switch try await proceed(situation, call) {
    case .redirect(let location): return .redirect(location)
    case .page(let refusal): return .page(refusal)
    case .lost: return .gone
    case .act(let step):
      let client = situation.facts.client
      return .step(
        OIDC.Interaction(
          id: id,
          client: OIDC.ClientSummary(
            id: client.id, name: client.name, description: client.description, launchURL: client.launchURL,
            requiresReauthentication: client.requiresReauthentication,
            returnsTo: situation.request.redirectURI.uri.origin, logos: client.logos),
          scopes: situation.request.scopes, currentStep: step, requiredSteps: [step],
          user: situation.facts.session?.user))
    }
  }
}

extension RedirectURI {
  /// Where the browser will be sent, as people recognise it: `https://app.example.com`, or a private-use scheme.
  var origin: String {
    guard isHTTP, let end = text.dropFirst(scheme.count + 3).firstIndex(where: { "/?#".contains($0) }) else {
      return isHTTP ? text : "\(scheme):"
    }
    return String(text[..<end])
  }
}
