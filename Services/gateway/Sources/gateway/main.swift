// The gateway's executable: everything is in GatewayService, so that tests call the same.
import GatewayService
import ServiceKit

await ServiceMain.run(.gateway)
