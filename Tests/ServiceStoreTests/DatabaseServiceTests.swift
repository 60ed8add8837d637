import LatchkeyProtocol
import ServiceKit
import ServiceStore
import Testing

@Suite("A service with a database")
struct DatabaseServiceTests {
  @Test("a clock within 5 s of the database's is good, beyond it the service is not ready and says so")
  func skew() {
    #expect(Readiness.judge(skew: 0) == .ready)
    #expect(Readiness.judge(skew: -5) == .ready)
    #expect(Readiness.judge(skew: 5) == .ready)
    #expect(
      Readiness.judge(skew: 6.25)
        == .notReady(reason: "This machine's clock is 6.2 s ahead of the database's; set it."))
    #expect(
      Readiness.judge(skew: -7) == .notReady(reason: "This machine's clock is 7.0 s behind the database's; set it."))
  }

  @Test("help names every variable, and those that can be files")
  func help() {
    let program = Program.service(.oidc, summary: "Tokens.", settings: [Settings.appURL]) { _ in
      ServiceParts(routes: Routes(service: "oidc"))
    }
    let text = Help.text(of: program)
    for name in [
      "oidc: Tokens.", "DB_CONNECTION_STRING_FILE", "DB_SCHEMA", "SERVICE_KEY", "LISTEN", "APP_URL", "READY_FILE",
      "LOG_JSON",
    ] {
      #expect(text.contains(name))
    }
    #expect(!text.contains("APP_URL_FILE"))
  }
}
