// The `admin` program: configuration in, `AdminService` out. What it does is in the library beside it.

import AdminService
import LatchkeyProtocol
import ServiceKit

await ServiceMain.run(
  .service(.admin, summary: "People and apps of Latchkey.") { context in
    let store = StoreAccess(context.database, logger: context.logger)
    return ServiceParts(routes: Routes(AdminService(store: store, keys: context.keys, logger: context.logger)))
  })
