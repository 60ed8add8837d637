public import LatchkeyProtocol

extension OIDCService {
  /// What answers each message of the `oidc` service. A test compares it with all of them.
  public var routes: Routes {
    var routes = Routes(service: "oidc")
    routes.on(authorize)
    routes.on(viewInteraction)
    routes.on(completeStep)
    routes.on(cancelInteraction)
    routes.on(listConsents)
    routes.on(listAccessibleClients)
    routes.on(revokeConsent)
    routes.on(previewTokens)
    routes.on(introspect)
    routes.on(revoke)
    routes.on(endSession)
    routes.on(confirmEndSession)
    routes.on(getLogoutNotices)
    routes.on(retryLogoutNotices)
    routes.on(explainMismatch)
    routes.on(listSigningKeys)
    routes.on(rotateSigningKeys)
    routes.on(revokeSigningKey)
    routes.on(exchangeToken)
    routes.on(userInfo)
    routes.on(metadata)
    routes.on(keys)
    return routes
  }
}
