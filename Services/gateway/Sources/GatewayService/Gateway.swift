// The gateway owns HTTP: routes, cookies, cross-site checks, security headers, floods per address, pages, static files.
// It must not know: SQL, database credentials, ENCRYPTION_KEY, or any rule of OAuth or WebAuthn. What a request means is
// the services' business; how it looks on the wire is ours.
//
// Routes/ has one file per group of routes, HTTP/ the machinery that they share, Answers/ the REST API's JSON forms,
// Pages/ and Resources/ what people see.

/// The gateway, put together.
package enum Gateway {
  /// Everything that is served.
  package static let routes: [Route] =
    HealthRoutes.all + DiscoveryRoutes.all + AuthorizeRoutes.all + InteractionRoutes.all + TokenRoutes.all
    + UserInfoRoutes.all + SetUpRoutes.all + SignInRoutes.all + ProofRoutes.all + PasskeyRoutes.all
    + SessionRoutes.all + OwnProfileRoutes.all + ClientRoutes.all + ClientSecretRoutes.all + StaticFileRoutes.all
    + HomePageRoutes.all + InteractionPageRoutes.all + AccountPageRoutes.all + ClientPageRoutes.all

  package static func front(_ site: Site) -> Front { Front(site, RouteTable(routes)) }
}
