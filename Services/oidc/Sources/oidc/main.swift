// The `oidc` program: configuration in, `OIDCService` out. What it does is in the library beside it.

import LatchkeyProtocol
import OIDCService
import ServiceKit
import ServiceStore
import Store

ServiceMain.run(
  .service(
    .oidc, summary: "Authorization, tokens and signing keys of Latchkey.",
    settings: [
      Settings.appURL, Settings.internalAppURL, Settings.sessionDuration, Settings.signingKeyRotationDays,
      Settings.trustFile, Settings.disableRateLimiting,
    ]
  ) { context in
    let (appURL, internalURL, minutes, days) = try context.environment.read(
      Settings.appURL, Settings.internalAppURL, Settings.sessionDuration, Settings.signingKeyRotationDays)
    let unlimited = try context.environment.read(Settings.disableRateLimiting)
    let service = try await OIDCService(
      settings: OIDCSettings(
        issuer: appURL.issuer, internalURL: (internalURL ?? appURL).issuer, sessionIdle: .seconds(minutes * 60),
        keyRotationDays: days, limitsAttempts: !unlimited),
      database: context.database, keys: context.keys, logger: context.logger)
    let trustFile = try context.environment.read(Settings.trustFile)
    let delivery = BackchannelDelivery(
      service, database: context.database,
      carrier: HTTPBackchannelCarrier(OutboundHTTP(policy: .registered, trustFile: trustFile)), logger: context.logger)
    let housekeeping = Housekeeping(
      [
        Expired.Interactions(), Expired.RefreshTokens(), Expired.RevokedTokens(), Expired.Grants(),
        Expired.RetiredSigningKeys(),
      ], in: context.database, logger: context.logger)
    return ServiceParts(
      routes: service.routes,
      background: [
        service.followKeyChanges, service.rotateKeysOnSchedule, housekeeping.run, delivery.run,
      ])
  })
