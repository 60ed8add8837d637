import GatewayService
import LatchkeyProtocol
import Logging
import ServiceKit
import Testing

@Suite("The server")
struct ServerTests {
  private func withServer(
    _ body: (FakeServices, Server, RawClient) async throws -> Void
  ) async throws {
    let services = FakeServices()
    services.on(Core.Health.self, .ready)
    let settings = GatewaySettings(
      appURL: try #require(AppURL("http://localhost:1411")), internalAppURL: nil, appName: "Doorstep",
      proxies: try #require(TrustedProxies("false")), limitsFloods: false)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    try await GatewayServiceTests.withServer(settings, services, logger: logger) { (server, client) async throws in
      try await body(services, server, client)
    }
  }

  /// Discovery is answered, badly, once the gate is open.
  private func gate(before services: FakeServices) -> Gate {
    let gate = Gate()
    services.on(OIDC.Metadata.self) { (_, _) async throws(ServiceFailure) in
      await gate.pass()
      throw ServiceFailure(.unavailable, mayHaveHappened: false, "over")
    }
    return gate
  }

  @Test("a drained server answers what it was asked, says that it closes, and takes nothing more")
  func drain() async throws {
    try await withServer { (services, server, client) async throws in
      let gate = gate(before: services)
      async let reply = client.talk { $0.ask("/.well-known/openid-configuration") }
      async let idle = client.talk { $0.ask("/healthz") }
      let deadline = ContinuousClock.now + .seconds(10)
      while services.asked(OIDC.Metadata.self).isEmpty || services.asked(Core.Health.self).isEmpty, .now < deadline {
        await Task.yield()
      }
      async let drained: Void = server.drain(within: .seconds(10))
      // The idle connection ends while the other one is still waited for.
      let (rest, text) = (try await idle, "HTTP/1.1 204 ")
      #expect(rest.text.hasPrefix(text) && rest.isClosed)
      gate.open()
      let last = try await reply
      #expect(last.text.hasPrefix("HTTP/1.1 503 ") && last.text.lowercased().contains("connection: close"))
      #expect(last.isClosed)
      await drained
      #expect(await server.ended() == nil)
      await #expect(throws: (any Error).self) { try await client.get("/healthz") }
    }
  }

  @Test("what takes longer than a drain may is cut off")
  func cut() async throws {
    try await withServer { (services, server, client) async throws in
      let gate = gate(before: services)
      async let reply = client.talk { $0.ask("/.well-known/openid-configuration") }
      let deadline = ContinuousClock.now + .seconds(10)
      while services.asked(OIDC.Metadata.self).isEmpty, .now < deadline { await Task.yield() }
      let begun = ContinuousClock.now
      await server.drain(within: .milliseconds(200))
      #expect(.now - begun < .seconds(5))
      let last = try await reply
      #expect(last.text.isEmpty && last.isClosed)
      gate.open()
    }
  }
}

extension RawLine {
  /// Asks, and reads until the connection ends.
  fileprivate func ask(_ path: String) -> (text: String, isClosed: Bool) {
    _ = send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
    return readToEnd()
  }
}
