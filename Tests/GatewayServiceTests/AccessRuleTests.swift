import Encodings
import GatewayService
import LatchkeyProtocol
import Testing

/// The document of the REST API says of each route who may call it; here it is compared with the routes, and with
/// Pocket ID's table of rules. That the services keep to it is shown end to end (`Tests/e2e/test_openapi.py`).
@Suite("The API's description")
struct AccessRuleTests {
  /// `METHOD path`, with parameters as OpenAPI writes them.
  private static let served: [String: Route] = Dictionary(
    uniqueKeysWithValues: Gateway.routes.filter { $0.surface == .api || $0.surface == .oauth }.map { route in
      ("\(route.method.rawValue) \(braced(route.template))", route)
    })

  private static func braced(_ template: String) -> String {
    template.split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(":") ? "{\($0.dropFirst())}" : String($0) }.joined(separator: "/")
  }

  private func described() throws -> [String: JSONValue] {
    var operations: [String: JSONValue] = [:]
    for (path, methods) in try OpenAPIDocument.document.get()["paths"]?.object ?? [:] {
      for (method, operation) in methods.object ?? [:] { operations["\(method.uppercased()) \(path)"] = operation }
    }
    return operations
  }

  @Test("every route is described, and nothing else is")
  func complete() throws {
    let described = Set(try described().keys)
    #expect(Set(Self.served.keys).subtracting(described) == [], "not described")
    #expect(described.subtracting(Self.served.keys) == [], "not served")
  }

  @Test("a session alone will do exactly where the document says so")
  func browser() throws {
    for (name, operation) in try described() {
      guard let route = Self.served[name] else { continue }
      #expect((operation["x-access"] == "browser") == route.traits.contains(.browserOnly), "\(name)")
    }
  }

  @Test("parameters of the path are described, each by its name, and every operation has an id of its own")
  func parameters() throws {
    let described = try described()
    for (name, operation) in described {
      let inPath = name.split(separator: "/").filter { $0.hasPrefix("{") }.map {
        String($0.dropFirst().prefix { $0 != "}" })
      }
      let named = (operation["parameters"]?.array ?? []).filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
      #expect(Set(inPath) == Set(named), "\(name)")
    }
    #expect(Set(described.values.compactMap { $0["operationId"]?.string }).count == described.count)
  }

  @Test("references lead to something")
  func references() throws {
    let document = try OpenAPIDocument.document.get()
    var references: Set<String> = []
    func collect(_ value: JSONValue) {
      if let reference = value["$ref"]?.string { references.insert(reference) }
      value.object?.values.forEach(collect)
      value.array?.forEach(collect)
    }
    collect(document)
    for reference in references {
      let found = reference.dropFirst(2).split(separator: "/").reduce(JSONValue?.some(document)) { $0?[String($1)] }
      #expect(found != nil, "\(reference)")
    }
  }

  /// Pocket ID 2.14's rules where it has the route.
  private static let rules = """
    user GET /api/api-keys
    browser POST /api/api-keys
    user DELETE /api/api-keys/{id}
    browser POST /api/api-keys/{id}/renew
    public GET /api/application-configuration
    administrator PUT /api/application-configuration
    administrator GET /api/application-configuration/all
    administrator POST /api/application-configuration/sync-ldap
    administrator POST /api/application-configuration/test-email
    administrator DELETE /api/application-images/background
    public GET /api/application-images/background
    administrator PUT /api/application-images/background
    administrator DELETE /api/application-images/default-profile-picture
    administrator GET /api/application-images/default-profile-picture
    administrator PUT /api/application-images/default-profile-picture
    public GET /api/application-images/email
    administrator PUT /api/application-images/email
    public GET /api/application-images/favicon
    administrator PUT /api/application-images/favicon
    administrator DELETE /api/application-images/logo
    public GET /api/application-images/logo
    administrator PUT /api/application-images/logo
    user GET /api/audit-logs
    administrator GET /api/audit-logs/all
    administrator GET /api/audit-logs/filters/client-names
    administrator GET /api/audit-logs/filters/users
    administrator GET /api/custom-claims/suggestions
    administrator PUT /api/custom-claims/user-group/{userGroupId}
    administrator PUT /api/custom-claims/user/{userId}
    administrator GET /api/oidc/clients
    administrator POST /api/oidc/clients
    administrator DELETE /api/oidc/clients/{id}
    administrator GET /api/oidc/clients/{id}
    administrator PUT /api/oidc/clients/{id}
    administrator PUT /api/oidc/clients/{id}/allowed-user-groups
    administrator DELETE /api/oidc/clients/{id}/logo
    public GET /api/oidc/clients/{id}/logo
    administrator POST /api/oidc/clients/{id}/logo
    public GET /api/oidc/clients/{id}/meta
    administrator GET /api/oidc/clients/{id}/preview/{userId}
    administrator GET /api/oidc/clients/{id}/secrets
    administrator POST /api/oidc/clients/{id}/secrets
    administrator DELETE /api/oidc/clients/{id}/secrets/{secretId}
    public GET /api/oidc/interactions/{id}
    browser POST /api/oidc/interactions/{id}/complete
    administrator GET /api/oidc/users/{id}/authorized-clients
    user GET /api/oidc/users/me/authorized-clients
    user DELETE /api/oidc/users/me/authorized-clients/{id}
    user GET /api/oidc/users/me/clients
    public POST /api/one-time-access-email
    public POST /api/one-time-access-token/{token}
    public POST /api/signup
    administrator GET /api/signup-tokens
    administrator POST /api/signup-tokens
    administrator DELETE /api/signup-tokens/{id}
    public GET /api/signup/setup
    public POST /api/signup/setup
    administrator GET /api/user-groups
    administrator POST /api/user-groups
    administrator DELETE /api/user-groups/{id}
    administrator GET /api/user-groups/{id}
    administrator PUT /api/user-groups/{id}
    administrator PUT /api/user-groups/{id}/allowed-oidc-clients
    administrator PUT /api/user-groups/{id}/users
    administrator GET /api/users
    administrator POST /api/users
    administrator DELETE /api/users/{id}
    administrator GET /api/users/{id}
    administrator PUT /api/users/{id}
    administrator GET /api/users/{id}/groups
    administrator POST /api/users/{id}/one-time-access-email
    administrator POST /api/users/{id}/one-time-access-token
    administrator DELETE /api/users/{id}/profile-picture
    administrator PUT /api/users/{id}/profile-picture
    public GET /api/users/{id}/profile-picture.png
    administrator PUT /api/users/{id}/user-groups
    administrator GET /api/users/{id}/webauthn-credentials
    administrator DELETE /api/users/{id}/webauthn-credentials/{credentialId}
    user GET /api/users/me
    user PUT /api/users/me
    user DELETE /api/users/me/profile-picture
    user PUT /api/users/me/profile-picture
    user POST /api/users/me/send-email-verification
    user POST /api/users/me/verify-email
    user GET /api/version/current
    public GET /api/version/latest
    user GET /api/webauthn/credentials
    user DELETE /api/webauthn/credentials/{id}
    user PATCH /api/webauthn/credentials/{id}
    public POST /api/webauthn/login/finish
    public GET /api/webauthn/login/start
    browser POST /api/webauthn/reauthenticate
    browser POST /api/webauthn/register/finish
    browser GET /api/webauthn/register/start
    """

  @Test("who may call a route is what its users know of it", arguments: rules.split(separator: "\n").map(String.init))
  func rule(_ rule: String) throws {
    let words = rule.split(separator: " ", maxSplits: 1).map(String.init)
    // A route that another release brings is none to compare yet; that all that is served is described, others show.
    guard let operation = try described()[words[1]] else { return }
    #expect(operation["x-access"]?.string == words[0])
  }
}
