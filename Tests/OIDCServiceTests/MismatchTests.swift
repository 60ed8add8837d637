import Encodings
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct MismatchTests {
  private let near = "https://grafana.example.com/callback/"

  private func explain(
    _ flow: Flow, _ redirectURI: String?, _ call: Call? = nil
  ) async throws -> OIDC.ExplainMismatch.Response {
    try await flow.world.oidc.send(
      OIDC.ExplainMismatch(parameters: flow.parameters(["redirect_uri": redirectURI])), call ?? flow.browser.call())
  }

  @Test("an administrator sees what arrived, what is registered and where they differ, the nearest first")
  func explained() async throws {
    let flow = try await Flow.start { settings in
      settings.callbackURLs = ["https://other.example.com/x", Flow.redirectURI]
    }
    guard case .mismatch(let mismatch) = try await explain(flow, near) else {
      Issue.record("nothing was explained")
      return
    }
    #expect(mismatch.clientID == "grafana" && mismatch.clientName == "Grafana")
    let arrived = try #require(mismatch.arrived)
    #expect(arrived.url == near && arrived.host == "grafana.example.com" && arrived.hostIsRegistered)
    #expect(arrived.refusal == nil)
    #expect(arrived.pieces.last == OIDC.Piece("/", differs: true))
    #expect(mismatch.registered.map(\.differences) == [[.trailingSlash], [.host, .path]])
  }

  @Test("another host is called one, and what may not be registered says why")
  func foreign() async throws {
    let flow = try await Flow.start()
    guard case .mismatch(let foreign) = try await explain(flow, "https://grafana.example.com.evil.example/callback")
    else { return }
    #expect(foreign.arrived?.hostIsRegistered == false && foreign.arrived?.refusal == nil)
    guard case .mismatch(let hostile) = try await explain(flow, "javascript:alert(1)") else { return }
    #expect(hostile.arrived?.refusal?.isEmpty == false)
    guard case .mismatch(let turned) = try await explain(flow, "https://grafana.example.com/\u{202E}") else { return }
    #expect(turned.arrived?.pieces.map(\.text).joined() == "https://grafana.example.com/%E2%80%AE")
    #expect(turned.arrived?.refusal != nil)
  }

  @Test("a request that names no address is explained too")
  func missing() async throws {
    let flow = try await Flow.start()
    guard case .mismatch(let mismatch) = try await explain(flow, nil) else {
      Issue.record("nothing was explained")
      return
    }
    #expect(mismatch.arrived == nil && mismatch.registered.map { $0.pieces.map(\.text) } == [[Flow.redirectURI]])
  }

  @Test("nobody but an administrator who is signed in is told anything")
  func denied() async throws {
    let flow = try await Flow.start()
    #expect(try await explain(flow, near, flow.world.call()) == .denied)
    try await flow.world.sql("UPDATE users SET is_admin = false")
    #expect(try await explain(flow, near) == .denied)
    try await flow.world.sql("UPDATE users SET is_admin = true, disabled = true")
    #expect(try await explain(flow, near) == .denied)
  }

  @Test("a request that was refused for another reason has nothing to explain")
  func otherwise() async throws {
    let flow = try await Flow.start()
    #expect(try await explain(flow, Flow.redirectURI) == .otherwise)
    let twice = flow.parameters() + [FormField("redirect_uri", near)]
    #expect(try await flow.world.oidc.send(OIDC.ExplainMismatch(parameters: twice), flow.browser.call()) == .otherwise)
    let unknown = flow.parameters(["client_id": "nobody"])
    #expect(
      try await flow.world.oidc.send(OIDC.ExplainMismatch(parameters: unknown), flow.browser.call()) == .otherwise)
  }

  @Test("an address that was added is believed from then on")
  func added() async throws {
    var flow = try await Flow.start()
    #expect(try await flow.authorize(["redirect_uri": near]) == .page(.redirectURI(clientName: "Grafana")))
    try await flow.browser.prove(.redirectURI)
    _ = try await flow.world.admin.send(Admin.AddCallbackURL(clientID: "grafana", url: near), flow.browser.call())
    #expect(try await explain(flow, near) == .otherwise)
    #expect(try await flow.redirect(["redirect_uri": near])["code"]?.isEmpty == false)
  }
}
