// The `admin` program: configuration in, `AdminService` out. The logic is in the library beside it.

import AdminService
import LatchkeyProtocol
import SMTP
import ServiceKit
import ServiceStore
import Store

ServiceMain.run(
  .service(
    .admin, summary: "People and apps of Latchkey.",
    settings: [
      Settings.appURL, Settings.appName, Settings.trustFile, Settings.auditLogRetentionDays, AuditLogPlaces.setting,
      Settings.sessionDuration, SettingsEnvironment.isInCharge, SettingsEnvironment.staticAPIKey,
    ]
  ) { context in
    let (appURL, appName, trustFile) = try context.environment.read(
      Settings.appURL, Settings.appName, Settings.trustFile)
    let (retentionDays, places) = try context.environment.read(
      Settings.auditLogRetentionDays, AuditLogPlaces.setting)
    let (minutes, staticKey) = try context.environment.read(
      Settings.sessionDuration, SettingsEnvironment.staticAPIKey)
    let (database, keys, logger) = (context.database, context.keys, context.logger)
    try await AdminService.settle(
      try SettingsEnvironment.read(context.environment), staticKey: staticKey, in: database, keys: keys, logger: logger)
    let service = AdminService(
      store: StoreAccess(database, logger: logger), keys: keys, appURL: appURL, logger: logger,
      defaults: ["appName": appName, "sessionDuration": "\(minutes)"], outbound: OutboundHTTP(trustFile: trustFile)
    ).calling(places)
    let delivery = MailDelivery(
      database: database, keys: keys, client: SMTPClient(host: appURL.host, trustFile: trustFile), appURL: appURL,
      appName: appName, logger: logger)
    let notices = KeyExpiryNotices(database: database, keys: keys, logger: logger)
    let sealer = AuditSealer(in: database, keys: keys, retentionDays: retentionDays, logger: logger)
    let housekeeping = Housekeeping(
      [
        Expired.Uploads(), Expired.Mail(), Expired.EmailVerifications(), Expired.RetiredNames(), Expired.SignupLinks(),
      ], in: database, logger: logger)
    return ServiceParts(
      routes: service.routes,
      background: [
        { await service.keepNeutralPicture() }, { await housekeeping.run() }, { await delivery.run() },
        { await notices.run() }, { await sealer.run() },
      ])
  })
