import Foundation
import LatchkeyProtocol
import Logging
import ServiceWorld
import Testing

/// What requests of clients cost in statements: design section 5.
@Suite struct StatementCountTests {
  @Test("one reading and one writing statement, or less, for each grant and for what is asked about tokens")
  func counted() async throws {
    let flow = try await Flow.start()
    let log = StatementLog()
    var logger = Logger(label: "test") { _ in log }
    logger.logLevel = .trace
    let oidc = try await flow.world.process(logger: logger)
    // The secret's use is noted once a minute.
    _ = try await flow.own()

    func cost(_ body: (RequestID) async throws -> Void) async throws -> [String] {
      let id = RequestID()
      try await body(id)
      return log.statements(of: id)
    }

    let code = try await flow.code()
    var tokens = Flow.Answer()
    #expect(
      try await cost { tokens = try await flow.exchange(code, at: oidc, id: $0) } == ["ForExchange", "Spend"])
    let first = tokens.refreshToken
    #expect(
      try await cost { tokens = try await flow.refresh(first, at: oidc, id: $0) } == ["ForRefresh", "Rotate"])
    // A lost answer is given again without writing.
    #expect(try await cost { _ = try await flow.refresh(first, at: oidc, id: $0) } == ["ForRefresh"])
    #expect(try await cost { _ = try await flow.own(at: oidc, id: $0) } == ["Get"])
    let access = OIDC.UserInfo(authorization: [Secret("Bearer \(tokens.accessToken)")])
    #expect(
      try await cost { _ = try await oidc.send(access, flow.world.call(id: $0)) } == ["Live"])
    #expect(
      try await cost { _ = try await flow.introspect(tokens.accessToken, at: oidc, id: $0) } == ["Ask"])
    #expect(
      try await cost { _ = try await flow.introspect("x", bearer: tokens.accessToken, at: oidc, id: $0) } == ["Ask"])
    #expect(
      try await cost { _ = try await flow.revoke(tokens.accessToken, at: oidc, id: $0) } == ["ForRevocation", "Add"])
    #expect(
      try await cost { _ = try await flow.revoke(tokens.refreshToken, at: oidc, id: $0) } == ["ForRevocation", "End"])
  }
}
