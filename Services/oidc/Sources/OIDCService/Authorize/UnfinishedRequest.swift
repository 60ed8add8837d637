import Encodings
import Foundation
import LatchkeyProtocol
import OIDCFacts
import OIDCRules
import ServiceKit
import ServiceStore
import Store

/// An authorization request that waits for a user: the browser carries it, sealed, until a user is signed in there, and
/// only then does it get a row. What the browser brings is checked again at every step.
struct UnfinishedRequest: Codable, Sendable {
  static let purpose = "interaction"

  let parameters: [FormField]
  let clientID: String
  let browserHash: Data?
  let requestedAt: Date

  /// Keeps only what the standards define: an unauthenticated caller's other parameters are not ours to store.
  init(_ parameters: [FormField], _ facts: AuthorizationFacts, _ call: Call) {
    self.parameters = parameters.filter { Self.known.contains($0.name) && !$0.value.isEmpty }
    clientID = facts.client.id
    browserHash = call.browserHash
    requestedAt = facts.now
  }

  /// RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 8707 §2, OpenID Connect Core §3.1.2.1, §5.2, §5.5 and §6, Multiple Response
  /// Types §2.1, and `audience`, by which Pocket ID's clients name an API.
  private static let known: Set<String> = [
    "response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method",
    "resource",
    "audience", "response_mode", "nonce", "display", "prompt", "max_age", "ui_locales", "claims_locales",
    "id_token_hint",
    "login_hint", "acr_values", "claims", "request", "request_uri", "registration",
  ]

  var text: String {
    JSONValue.array(parameters.map { JSONValue([$0.name, $0.value]) }).jsonText
  }

  /// Nil for anything that `text` does not write.
  static func parameters(_ text: String) -> [FormField]? {
    guard let pairs = (try? JSONValue(json: text))?.array else { return nil }
    let fields = pairs.compactMap { pair -> FormField? in
      guard let strings = pair.strings, strings.count == 2 else { return nil }
      return FormField(strings[0], strings[1])
    }
    return fields.count == pairs.count ? fields : nil
  }
}

extension OIDCService {
  /// Lets a request wait. Nil when it is too large.
  func begin(
    _ request: UnfinishedRequest, isSignedIn: Bool, _ call: Call
  ) async throws(ServiceFailure) -> OIDC.InteractionHandle? {
    let text = request.text
    guard text.utf8.count <= Limits.unfinishedRequest else { return nil }
    if isSignedIn {
      return .stored(try await keep(request, as: InteractionID(derivedUUID("interaction", call)), call))
    }
    do {
      let sealed = try carried.seal(request, purpose: UnfinishedRequest.purpose, lifetime: Lifetime.interaction)
      if sealed.utf8.count <= OIDC.InteractionHandle.longestCarried { return .carried(sealed) }
    } catch {
      throw broken(error, call)
    }
    let id = InteractionID(derivedUUID("interaction", call))
    let create = Interactions.CreateForStranger(
      creation(request, id), network: IPAddress.network(of: call.caller.address),
      mostOfNetwork: Limits.unfinishedOfNetwork, mostOfClient: Limits.unfinishedOfClient)
    _ = try await store.write(create, call)
    return .stored(id)
  }

  /// Stores what a browser carried, now that a user is signed in there: under the same id however often the browser
  /// sends it.
  func keep(_ request: UnfinishedRequest, carried text: String, _ call: Call) async throws(ServiceFailure)
    -> InteractionID
  {
    try await keep(request, as: InteractionID(derived.uuid(text, purpose: "carried-interaction")), call)
  }

  private func keep(
    _ request: UnfinishedRequest, as id: InteractionID, _ call: Call
  ) async throws(ServiceFailure) -> InteractionID {
    _ = try await store.write(creation(request, id), call)
    return id
  }

  private func creation(_ request: UnfinishedRequest, _ id: InteractionID) -> Interactions.Create {
    Interactions.Create(
      id: id, clientID: request.clientID, parameters: request.text, browserHash: request.browserHash,
      requestedAt: request.requestedAt, lifetimeSeconds: Lifetime.interaction / .seconds(1))
  }
}

extension Limits {
  /// Bytes of a waiting request, as JSON text: apps send less than 1 KiB, or a few with claims and a hint.
  static let unfinishedRequest = 8 * 1024
  /// Requests too large for a browser to carry that we store for one network: an office that starts to sign in all at
  /// once.
  static let unfinishedOfNetwork = 32
  /// The same for one client, whoever sends them: 4 MiB at most.
  static let unfinishedOfClient = 512
}
