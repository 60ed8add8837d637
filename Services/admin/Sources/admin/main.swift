// The `admin` program: configuration in, `AdminService` out. What it does is in the library beside it.

import AdminService
import LatchkeyProtocol
import ServiceKit
import Store

await ServiceMain.run(
  .service(
    .admin, summary: "People and apps of Latchkey.",
    settings: [
      Settings.appName, Settings.sessionDuration, SettingsEnvironment.isInCharge, SettingsEnvironment.staticAPIKey,
    ]
  ) { context in
    let store = StoreAccess(context.database, logger: context.logger)
    let (name, minutes, staticKey) = try context.environment.read(
      Settings.appName, Settings.sessionDuration, SettingsEnvironment.staticAPIKey)
    try await AdminService.settle(
      try SettingsEnvironment.read(context.environment), staticKey: staticKey, in: context.database,
      keys: context.keys, logger: context.logger)
    let service = AdminService(
      store: store, keys: context.keys, logger: context.logger,
      defaults: ["appName": name, "sessionDuration": "\(minutes)"])
    let housekeeping = Housekeeping([Expired.Uploads()], in: context.database, logger: context.logger)
    return ServiceParts(
      routes: Routes(service),
      background: [{ await service.keepNeutralPicture() }, { await housekeeping.run() }])
  })
