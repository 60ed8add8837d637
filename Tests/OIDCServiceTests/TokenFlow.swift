import Encodings
import Foundation
import LatchkeyProtocol
import ServiceKit
import ServiceWorld

extension Flow.Answer {
  var refreshToken: String { tokens?["refresh_token"]?.string ?? "" }

  /// The claims of the access token, unverified.
  var accessClaims: JSONValue? {
    let parts = accessToken.split(separator: ".")
    guard parts.count == 3, let bytes = Base64URL.decode(String(parts[1])) else { return nil }
    return try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
  }
}

/// What a relying party does with tokens once it has them.
extension Flow {
  /// The tokens of a whole sign-in.
  func tokens(_ changes: [String: String?] = [:]) async throws -> Answer { try await exchange(try await code(changes)) }

  func refresh(
    _ token: String, _ changes: [String: String?] = [:], at service: (any MessageSender)? = nil,
    id: RequestID = RequestID()
  ) async throws -> Answer {
    try await send(["grant_type": "refresh_token", "refresh_token": token], changes, at: service, id: id)
  }

  /// The client credentials grant.
  func own(
    _ changes: [String: String?] = [:], at service: (any MessageSender)? = nil, id: RequestID = RequestID(),
    from address: String? = nil
  ) async throws -> Answer {
    try await send(["grant_type": "client_credentials"], changes, at: service, id: id, from: address)
  }

  private func send(
    _ form: [String: String?], _ changes: [String: String?], at service: (any MessageSender)?, id: RequestID,
    from address: String? = nil
  ) async throws -> Answer {
    let message = OIDC.ExchangeToken(OIDC.ClientRequest(form: fields(form, changes)))
    var call = world.call(id: id)
    if let address { call.caller.address = address }
    return Answer(try await (service ?? world.oidc).send(message, call))
  }

  private func fields(_ form: [String: String?], _ changes: [String: String?]) -> [FormField] {
    let client: [String: String?] = ["client_id": "grafana", "client_secret": secret?.exposed]
    return form.merging(client) { first, _ in first }.merging(changes) { _, new in new }
      .compactMap { name, value in value.map { FormField(name, $0) } }
  }

  /// The answer of the introspection endpoint; its `error` where there is none.
  func introspect(
    _ token: String, _ changes: [String: String?] = [:], bearer: String? = nil, at service: (any MessageSender)? = nil,
    id: RequestID = RequestID()
  ) async throws -> Answer {
    var changes = changes
    if bearer != nil { changes.merge(["client_id": nil, "client_secret": nil]) { $1 } }
    let request = OIDC.ClientRequest(
      form: fields(["token": token], changes), authorization: bearer.map { [Secret("Bearer \($0)")] } ?? [])
    return Answer(try await (service ?? world.otherOIDC).send(OIDC.Introspect(request), world.call(id: id)))
  }

  func isActive(_ token: String) async throws -> Bool { try await introspect(token).tokens?["active"] == true }

  /// Nil where it was done.
  func revoke(
    _ token: String, _ changes: [String: String?] = [:], at service: (any MessageSender)? = nil,
    id: RequestID = RequestID()
  ) async throws -> String? {
    let message = OIDC.Revoke(OIDC.ClientRequest(form: fields(["token": token], changes)))
    let answer = try await (service ?? world.oidc).send(message, world.call(id: id))
    return answer.status == 200 ? nil : answer.json?["error"]?.string ?? "\(answer.status)"
  }

  /// Another client of the same administrator, as the changes of a form that make a request its own.
  func otherClient(
    _ id: String = "other", _ change: (inout Admin.ClientSettings) -> Void = { _ in }
  ) async throws -> [String: String?] {
    var settings = Admin.ClientSettings(name: "Other", callbackURLs: [Self.redirectURI])
    change(&settings)
    let (_, secret) = try await browser.createClient(id: id, settings)
    return ["client_id": id, "client_secret": secret?.exposed]
  }
}
