import Crypto
import Encodings
import Foundation
import LatchkeyProtocol
import ServiceKit
import ServiceWorld

/// A relying party and a person's browser in one: what an authorization request is made of, and where it leads.
struct Flow {
  static let redirectURI = "https://grafana.example.com/callback"
  static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

  let world: World
  var browser: Browser
  let secret: Secret?

  /// An administrator who is signed in, and a client of theirs.
  static func start(
    losesAnswers: Bool = true, _ change: (inout Admin.ClientSettings) -> Void = { _ in }
  ) async throws -> Flow {
    let world = try await World(losesAnswers: losesAnswers)
    var browser = Browser(world)
    try await browser.setUp()
    var settings = Admin.ClientSettings(name: "Grafana", callbackURLs: [Self.redirectURI])
    change(&settings)
    let (_, secret) = try await browser.createClient(settings)
    return Flow(world: world, browser: browser, secret: secret)
  }

  func parameters(_ changes: [String: String?] = [:]) -> [FormField] {
    var parameters: [String: String?] = [
      "client_id": "grafana", "redirect_uri": Self.redirectURI, "response_type": "code", "scope": "openid email",
      "state": "s1", "nonce": "n1", "code_challenge": Self.challenge, "code_challenge_method": "S256",
    ]
    parameters.merge(changes) { _, new in new }
    return parameters.compactMap { name, value in value.map { FormField(name, $0) } }
  }

  static var challenge: String { Base64URL.encode(Array(SHA256.hash(data: Data(verifier.utf8)))) }

  func authorize(_ changes: [String: String?] = [:], id: RequestID = RequestID()) async throws
    -> OIDC.Authorize.Response
  {
    try await world.oidc.send(OIDC.Authorize(parameters: parameters(changes)), browser.call(id: id))
  }

  /// Authorizes and consents where that is asked for; the parameters of the redirect that it ends with.
  func redirect(_ changes: [String: String?] = [:]) async throws -> [String: String] {
    switch try await authorize(changes) {
    case .redirect(let location): return Self.query(location)
    case .post(let form): return Self.fields(form)
    case .page(let refusal): return ["page": "\(refusal)"]
    case .interact(let handle):
      let progress = try await world.otherOIDC.send(OIDC.CompleteStep(handle, step: .consent), browser.call())
      guard case .redirect(let location) = progress else { return ["progress": "\(progress)"] }
      return Self.query(location)
    }
  }

  func code(_ changes: [String: String?] = [:]) async throws -> String {
    try await redirect(changes)["code"] ?? ""
  }

  static func fields(_ form: OIDC.FormPost) -> [String: String] {
    Dictionary(form.fields.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  static func query(_ location: String) -> [String: String] {
    let items = URLComponents(string: location)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
  }

  func tokenForm(_ code: String, _ changes: [String: String?] = [:]) -> [FormField] {
    var form: [String: String?] = [
      "grant_type": "authorization_code", "code": code, "redirect_uri": Self.redirectURI, "client_id": "grafana",
      "code_verifier": Self.verifier, "client_secret": secret?.exposed,
    ]
    form.merge(changes) { _, new in new }
    return form.compactMap { name, value in value.map { FormField(name, $0) } }
  }

  func exchange(
    _ code: String, _ changes: [String: String?] = [:], at service: (any MessageSender)? = nil,
    id: RequestID = RequestID()
  ) async throws -> Answer {
    let message = OIDC.ExchangeToken(OIDC.ClientRequest(form: tokenForm(code, changes)))
    return Answer(try await (service ?? world.oidc).send(message, world.call(id: id)))
  }

  func userInfo(_ token: String?, at service: (any MessageSender)? = nil) async throws -> Answer {
    let message = OIDC.UserInfo(authorization: token.map { [Secret("Bearer \($0)")] } ?? [])
    return Answer(try await (service ?? world.oidc).send(message, world.call()))
  }

  struct Answer: Sendable {
    var tokens: JSONValue?
    var error: String?

    init() {}

    init(_ answer: OIDC.HTTPAnswer) {
      if answer.status == 200 { tokens = answer.json } else { error = answer.json?["error"]?.string }
    }

    var accessToken: String { tokens?["access_token"]?.string ?? "" }

    /// The claims of the ID token, unverified.
    var idToken: JSONValue? {
      let parts = (tokens?["id_token"]?.string ?? "").split(separator: ".")
      guard parts.count == 3, let bytes = Base64URL.decode(String(parts[1])) else { return nil }
      return try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }
  }
}
