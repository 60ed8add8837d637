// The `admin` program: configuration in, `AdminService` out. What it does is in the library beside it.

import AdminService
import LatchkeyProtocol
import ServiceKit
import Store

await ServiceMain.run(
  .service(.admin, summary: "People and apps of Latchkey.") { context in
    let store = StoreAccess(context.database, logger: context.logger)
    let service = AdminService(store: store, keys: context.keys, logger: context.logger)
    let housekeeping = Housekeeping([Expired.Uploads()], in: context.database, logger: context.logger)
    return ServiceParts(
      routes: Routes(service),
      background: [{ await service.keepNeutralPicture() }, { await housekeeping.run() }])
  })
