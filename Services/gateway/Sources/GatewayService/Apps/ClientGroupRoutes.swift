import Encodings
import LatchkeyProtocol

/// Which groups may use which app, and what tokens would contain there.
enum ClientGroupRoutes {
  static let all: [Route] = [
    Route(.put, "/api/oidc/clients/:id/allowed-user-groups", .api) { exchange in
      var fields = try exchange.json()
      let groups: [GroupID] = fields.identifiers("userGroupIds")
      try fields.check()
      let message = Admin.SetAllowedGroups(clientID: try exchange.clientID(), groups: groups)
      switch try await exchange.services.admin.send(message, exchange.call) {
      case .updated(let client): return .json(.client(client))
      case .invalid(let problems): throw Refusal.invalid(problems)
      case .notFound: throw Refusal.notFound
      case .denied(let denial): throw Refusal(denial)
      }
    },
    Route(.put, "/api/user-groups/:id/allowed-oidc-clients", .api) { exchange in
      var fields = try exchange.json()
      if fields["oidcClientIds"] == nil { fields.refuse("oidcClientIds", "required", "Is missing.") }
      let clients = fields.texts("oidcClientIds")
      try fields.check()
      let message = Admin.SetAllowedClients(id: try exchange.identifier("id"), clientIDs: clients)
      return try GroupRoutes.answer(await exchange.services.admin.send(message, exchange.call))
    },
    Route(.get, "/api/oidc/clients/:id/preview/:userId", .api) { exchange in
      let message = OIDC.PreviewTokens(
        clientID: try exchange.clientID(), user: try exchange.identifier("userId"),
        scope: try exchange.query("scopes") ?? "openid profile email groups")
      switch try await exchange.services.oidc.send(message, exchange.call) {
      case .preview(let preview):
        return .json([
          "idToken": preview.idToken, "accessToken": preview.accessToken, "userInfo": preview.userInfo,
          "idTokenHeader": preview.idTokenHeader ?? [:], "accessTokenHeader": preview.accessTokenHeader ?? [:],
        ])
      case .notFound: throw Refusal.notFound
      case .notAllowed: throw Refusal(.forbidden, "oidc_access_denied", "This person may not use the app.")
      case .invalid(let problem): throw Refusal.invalid([problem])
      case .denied(let denial): throw Refusal(denial)
      }
    },
  ]
}
