// The gateway owns HTTP: routes, cookies, cross-site checks, security headers, floods per address, pages, static files.
// It must not know: SQL, database credentials, ENCRYPTION_KEY, or any rule of OAuth or WebAuthn. The services decide
// what a request means; the gateway decides how it looks on the wire, except at the endpoints that OAuth and OpenID
// define: `oidc`'s answers there are finished, and are sent unchanged.
//
// Each subject has a folder: its routes, the REST API's bodies, its pages, and in web/ their templates and scripts.
// HTTP/ and Pages/ are what the subjects share.

/// The gateway, put together.
package enum Gateway {
  /// Everything that is served.
  package static let routes: [Route] = (protocols + api + pages).flatMap { $0 }

  private static let protocols = [
    HealthRoutes.all, DiscoveryRoutes.all, AuthorizeRoutes.all, InteractionRoutes.all, TokenRoutes.all,
    UserInfoRoutes.all, EndSessionRoutes.all,
  ]

  private static let api = [
    SetUpRoutes.all, SignInRoutes.all, ProofRoutes.all, PasskeyRoutes.all, SessionRoutes.all, OwnProfileRoutes.all,
    ClientRoutes.all, ClientSecretRoutes.all, StaticFileRoutes.all, UserRoutes.all, DelegatedAdministrationRoutes.all,
    GroupRoutes.all,
    CustomClaimRoutes.all, ClientGroupRoutes.all, ConsentRoutes.all, SignUpRoutes.all, SignupLinkRoutes.all,
    OneTimeAccessRoutes.all, APIKeyRoutes.all, AuditLogRoutes.all, SettingsRoutes.all, ImageRoutes.all, MailRoutes.all,
    VersionRoutes.all, OpenAPIRoutes.all, KnownAppRoutes.all, FirstStepsRoutes.all, MismatchRoutes.all,
    SigningKeyRoutes.all, LogoutNoticeRoutes.all,
  ]

  private static let pages = [
    HomePageRoutes.all, InteractionPageRoutes.all, AccountPageRoutes.all, ClientPageRoutes.all, MyAppsPageRoutes.all,
    UserPageRoutes.all,
    GroupPageRoutes.all, SignUpPageRoutes.all, SignupLinkPageRoutes.all, APIKeyPageRoutes.all, AuditLogPageRoutes.all,
    SettingsPageRoutes.all, MailPageRoutes.all, SigningKeyPageRoutes.all,
  ]

  package static func front(_ site: Site) -> Front { Front(site, RouteTable(routes)) }
}
