package import LatchkeyProtocol
package import Logging
package import ServiceKit

/// What the gateway is told at its start.
package struct GatewaySettings: Sendable {
  package var appURL: AppURL
  package var internalAppURL: AppURL?
  package var appName: String
  package var proxies: TrustedProxies
  package var limitsFloods: Bool

  package init(
    appURL: AppURL = .default, internalAppURL: AppURL? = nil, appName: String = "Latchkey",
    proxies: TrustedProxies = .none, limitsFloods: Bool = true
  ) {
    self.appURL = appURL
    self.internalAppURL = internalAppURL
    self.appName = appName
    self.proxies = proxies
    self.limitsFloods = limitsFloods
  }
}

/// The services, wherever they run.
package struct Services: Sendable {
  package let auth: any MessageSender
  package let oidc: any MessageSender
  package let admin: any MessageSender
  /// Whether people can sign in: auth and oidc answer. Admin does not count.
  package let canSignIn: @Sendable (Call) async -> Bool

  package init(
    auth: any MessageSender, oidc: any MessageSender, admin: any MessageSender,
    canSignIn: @escaping @Sendable (Call) async -> Bool
  ) {
    self.auth = auth
    self.oidc = oidc
    self.admin = admin
    self.canSignIn = canSignIn
  }
}

/// Everything that is the same for every request.
package struct Site: Sendable {
  package let settings: GatewaySettings
  package let services: Services
  package let pages: PageRenderer
  package let cookieNames: CookieNames
  package let randomness: any Randomness
  package let floods: RateLimiter
  package let shares = Shares()
  package let neighbourhood: Neighbourhood
  package let appearance: AppearanceCache
  package let logger: Logger

  package init(
    _ settings: GatewaySettings, _ services: Services, pages: PageRenderer, logger: Logger,
    randomness: any Randomness = SystemRandomness()
  ) {
    self.settings = settings
    self.services = services
    self.pages = pages
    self.logger = logger
    self.randomness = randomness
    cookieNames = CookieNames(isSecure: settings.appURL.isSecure)
    floods = RateLimiter()
    neighbourhood = Neighbourhood(settings.proxies)
    appearance = AppearanceCache(appName: settings.appName)
  }

  var instance: Instance {
    let (settings, images) = (appearance.last.settings, appearance.last.images)
    func url(_ image: ApplicationImage) -> String? { images[image.name].map { ImageAddress.of(image, version: $0) } }
    return Instance(
      name: settings.appName, address: self.settings.appURL.origin, logoURL: url(.logoLight),
      darkLogoURL: url(.logoDark), faviconURL: url(.favicon),
      backgroundURL: url(.background), accent: Accent(settings.accentColour),
      animations: !settings.disableAnimations)
  }
}
