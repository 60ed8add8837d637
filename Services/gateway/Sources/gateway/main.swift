// The gateway's executable: everything is in GatewayService, so that tests call the same code.
import GatewayService
import ServiceKit

ServiceMain.run(.gateway)
