// The `auth` program: configuration in, `AuthService` out. What it does is in the library beside it.

import AuthService
import LatchkeyProtocol
import ServiceKit
import ServiceStore
import Store

ServiceMain.run(
  .service(
    .auth, summary: "Passkeys, sessions and sign-in of Latchkey.",
    settings: [Settings.appURL, Settings.appName, Settings.sessionDuration, Settings.disableRateLimiting]
  ) { context in
    let (appURL, appName, minutes, unlimited) = try context.environment.read(
      Settings.appURL, Settings.appName, Settings.sessionDuration, Settings.disableRateLimiting)
    let service = AuthService(
      settings: AuthSettings(
        appURL: appURL, appName: appName, sessionIdle: .seconds(minutes * 60), limitsAttempts: !unlimited),
      store: StoreAccess(context.database, logger: context.logger), keys: context.keys, logger: context.logger)
    let housekeeping = Housekeeping(
      [
        Expired.SpentChallenges(), Expired.Sessions(), Expired.Proofs(), Expired.OneTimeCodes(), Expired.KnownDevices(),
        Expired.Attempts(),
      ],
      in: context.database, logger: context.logger)
    return ServiceParts(routes: service.routes, background: [housekeeping.run])
  })
