// The gateway's executable: everything is in GatewayService, so that tests call the same.
import GatewayService
import ServiceKit

ServiceMain.run(.gateway)
