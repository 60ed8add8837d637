package import Encodings
import Foundation
package import LatchkeyProtocol

// A finished answer, read back as an app reads it.
extension OIDC.HTTPAnswer {
  /// The body; nil where it is not JSON.
  package var json: JSONValue? { try? JSONDecoder().decode(JSONValue.self, from: body) }

  package subscript(name: String) -> String? { fields.first { $0.name == name }?.value }
}

extension OIDC.Metadata {
  /// As the gateway has its routes.
  package static let sample = OIDC.Metadata(
    OIDC.EndpointPaths(
      authorization: "/authorize", token: "/api/oidc/token", userInfo: "/api/oidc/userinfo",
      introspection: "/api/oidc/introspect", revocation: "/api/oidc/revoke", endSession: "/api/oidc/end-session",
      keys: "/.well-known/jwks.json"))
}
