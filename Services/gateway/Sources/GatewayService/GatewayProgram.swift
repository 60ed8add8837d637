import Encodings
import Foundation
import LatchkeyProtocol
import Logging
public import ServiceKit
import Transport

extension Program {
  /// The gateway as a program: its configuration comes from the environment, its data from the services.
  public static let gateway = Program(
    name: "gateway",
    summary:
      "Latchkey's web server: pages, REST API, OAuth endpoints. It holds no database credentials and no ENCRYPTION_KEY.",
    settings: [
      Settings.host, Settings.port, Settings.appURL, Settings.internalAppURL, Settings.appName, Settings.trustProxy,
      Settings.disableRateLimiting, Settings.addresses(.auth), Settings.transportKey(.auth), Settings.addresses(.oidc),
      Settings.transportKey(.oidc), Settings.addresses(.admin), Settings.transportKey(.admin),
    ]
  ) { context in
    let environment = context.environment
    let (host, port, appURL, internalURL) = try environment.read(
      Settings.host, Settings.port, Settings.appURL, Settings.internalAppURL)
    let (name, proxies, unlimited) = try environment.read(
      Settings.appName, Settings.trustProxy, Settings.disableRateLimiting)
    let auth = try client(.auth, context)
    let oidc = try client(.oidc, context)
    let admin = try client(.admin, context)
    let services = Services(
      auth: auth, oidc: oidc, admin: admin,
      canSignIn: { call in
        async let first = isReady(auth, call)
        async let second = isReady(oidc, call)
        let answers = await (first, second)
        return answers.0 && answers.1
      })
    let site = Site(
      GatewaySettings(
        appURL: appURL, internalAppURL: internalURL, appName: name, proxies: proxies, limitsFloods: !unlimited),
      services, pages: try PageRenderer(), logger: context.logger)
    let server: Server
    do {
      server = try await Server.start(Gateway.front(site), host: host, port: port, logger: context.logger)
    } catch {
      throw ListenFailure(description: "The gateway cannot listen on \(ListenHost.text(host, port: port)): \(error)")
    }
    let address = ListenHost.text(host, port: server.port)
    return Running(address: address) { limit in
      await server.drain(within: limit)
      for client in [auth, oidc, admin] { await client.close() }
    } failed: {
      await server.ended()
    }
  }

  private static func client(_ service: Peer, _ context: Context) throws -> TCPClient {
    let (addresses, text) = try context.environment.read(Settings.addresses(service), Settings.transportKey(service))
    guard let key = Base64URL.decode(text.exposed).flatMap({ TransportKey($0) }) else {
      throw ConfigurationFailure(["TRANSPORT_KEY_\(service.rawValue.uppercased()) is not 32 bytes as base64url text"])
    }
    return TCPClient(
      service: service.rawValue, addresses: addresses, peer: .gateway, key: key, logger: context.logger)
  }

  private static func isReady(_ client: TCPClient, _ call: Call) async -> Bool {
    var call = call
    // A health check that waits as long as a sign-in does is of no use to a supervisor that restarts things.
    call.deadline = min(call.deadline, .now + .seconds(2))
    // One instance without its database does not mean that sign-in is broken while the next one works: instances
    // without load are asked in turn.
    for _ in 0..<3 where (try? await client.send(Core.Health(), call)) == .ready { return true }
    return false
  }
}

/// The port is taken, or the address does not belong to this machine.
struct ListenFailure: Error, CustomStringConvertible {
  let description: String
}
