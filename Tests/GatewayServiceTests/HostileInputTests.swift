import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Logging
import ServiceKit
import Synchronization
import Testing

@Suite("Hostile input")
struct HostileInputTests {
  /// The gateway still answers a decent request.
  private func isAlive(_ client: RawClient) async throws -> Bool { try await client.get("/login").status == 200 }

  @Test("a megabyte of header fields is refused in words, one long or many short")
  func headers() async throws {
    try await withGateway { (_, client) async throws in
      let long = try await client.get("/login", ["X-Long": String(repeating: "x", count: 1 << 20)])
      #expect(long.status == 431 && long.json["error"] != nil, "\(long.status) \(long.text)")
      let many = (0..<20_000).map { "X-\($0): \(String(repeating: "y", count: 40))\r\n" }.joined()
      let flood = try await client.send(Array("GET /login HTTP/1.1\r\nHost: x\r\n\(many)\r\n".utf8))
      #expect(flood.status == 431)
      #expect(try await isAlive(client))
    }
  }

  @Test("a long address is refused, with and without an end")
  func target() async throws {
    try await withGateway { (_, client) async throws in
      let long = try await client.get("/api/\(String(repeating: "a", count: Limits.target))")
      #expect(long.status == 414, "\(long.text)")
      #expect(long.json["code"] == "request_too_large")
      let endless = try await client.send(Array("GET /".utf8) + [UInt8](repeating: 0x61, count: 4 << 20))
      #expect(endless.status == 431 || endless.status == 414, "\(endless.status) \(endless.text)")
      #expect(try await isAlive(client))
    }
  }

  @Test(
    "bytes that are no HTTP are refused",
    arguments: [
      "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\r\n\r\n", "GET\r\n\r\n", "GET /login HTTP/9.9\r\n\r\n", "hello\r\n\r\n",
    ])
  func noHTTP(text: String) async throws {
    try await withGateway { (_, client) async throws in
      let reply = try await client.send(Array(text.utf8))
      #expect(reply.status == 400)
      #expect(try await isAlive(client))
    }
  }

  @Test("addresses with raw bytes beyond ASCII, stray percents and empty segments are refused or unknown")
  func addresses() async throws {
    try await withGateway { (_, client) async throws in
      #expect(try await client.send(Array("GET /lo\u{E9}gin HTTP/1.1\r\nConnection: close\r\n\r\n".utf8)).status == 400)
      #expect(try await client.get("/lc/%ff").status == 400)
      #expect(try await client.get("/lc/%").status == 400)
      #expect(try await client.get("/lc/%00").status == 400)
      #expect(try await client.get("//login").status == 404)
      #expect(try await client.get("http://evil.example/login").status == 200)
      #expect(try await client.send("OPTIONS", "*").status == 400)
      #expect(try await client.get("/login?redirect=%ff").status == 400)
    }
  }

  @Test(
    "a JSON body that is none says where it broke",
    arguments: [
      ("", "no body"), ("{", "line 1, column 2"), ("{\"step\": consent}", "in step"), ("[1]", "JSON object"),
      ("{\"step\":\"a\",\"step\":\"b\"}", "stands twice"), (String(repeating: "[", count: 50_000), "nested too deeply"),
    ])
  func malformedJSON(body: String, says: String) async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.send(
        "POST", "/api/oidc/interactions/\(InteractionID(UUID()))/complete", ["Content-Type": "application/json"],
        body: Array(body.utf8))
      #expect(reply.status == 400 && reply.json["code"] == "invalid_request_body")
      #expect(reply.json["error"]?.string?.contains(says) == true)
      #expect(services.count == 0)
    }
  }

  @Test("a JSON body that is not UTF-8 is refused")
  func encoding() async throws {
    try await withGateway { (_, client) async throws in
      let reply = try await client.send(
        "POST", "/api/webauthn/login/finish", ["Content-Type": "application/json"],
        body: Array("{\"id\":\"".utf8) + [0xFF, 0xFE] + Array("\"}".utf8))
      #expect(reply.status == 400 && reply.json["error"]?.string?.contains("UTF-8") == true)
    }
  }

  @Test("a body beyond the limit is refused before it has arrived, and the refusal does")
  func largeBody() async throws {
    try await withGateway { (_, client) async throws in
      let reply = try await client.send(
        "POST", "/api/webauthn/login/finish", ["Content-Type": "application/json"],
        body: [UInt8](repeating: 0x20, count: 8 << 20))
      #expect(reply.status == 413 && reply.json["code"] == "request_too_large" && reply["Connection"] == "close")
      #expect(try await isAlive(client))
    }
  }

  @Test("two requests in one packet are answered one after the other")
  func pipelined() async throws {
    try await withGateway { (_, client) async throws in
      let text = "GET /api/a HTTP/1.1\r\nHost: x\r\n\r\nGET /api/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
      let reply = try await client.send(Array(text.utf8))
      #expect(reply.status == 404)
      #expect(reply.text.components(separatedBy: "HTTP/1.1 404").count == 2)
    }
  }

  @Test("the log names the route, never the address, the query or a cookie")
  func log() async throws {
    let lines = Lines()
    try await withGateway(logger: Logger(label: "test") { _ in lines }) { (services, client) async throws in
      services.on(Auth.SignInWithCode.self, .wrong)
      _ = try await client.post(
        "/api/one-time-access-token/S3CRETCODE?q=HIDDEN", [:], ["Cookie": "access_token=COOKIE"])
      _ = try await client.get("/lc/S3CRETCODE?redirect=HIDDEN")
      _ = try await client.get("/HIDDEN")
    }
    let all = lines.text
    #expect(
      all.contains("/api/one-time-access-token/:token") && all.contains("/lc/:code") && all.contains("status=401"))
    for secret in ["S3CRETCODE", "HIDDEN", "COOKIE"] { #expect(!all.contains(secret)) }
  }

  @Test("a server that is told to leave finishes what is in flight and takes nothing more")
  func drain() async throws {
    let services = FakeServices()
    let (entered, enter) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    services.on(Auth.CurrentUser.self) { (_, _) async throws(ServiceFailure) in
      enter.yield()
      for await _ in released { break }
      return .user(Sample.user)
    }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let site = Site(GatewaySettings(), services.services, pages: try Pages.renderer.get(), logger: logger)
    let server = try await Server.start(Gateway.front(site), host: "127.0.0.1", port: 0, logger: logger)
    let client = RawClient(port: server.port)
    async let slow = client.get("/api/users/me")
    for await _ in entered { break }
    async let drained: Void = server.drain(within: .seconds(8))
    // It accepts no more once the drain has begun; until then a new request is answered.
    let deadline = ContinuousClock.now + .seconds(5)
    while (try? await client.get("/healthz")) != nil, ContinuousClock.now < deadline { await Task.yield() }
    await #expect(throws: RawClient.Failure.self) { try await client.get("/healthz") }
    release.yield()
    #expect(try await slow.status == 200)
    await drained
    #expect(await server.ended() == nil)
  }
}

/// A log that is kept.
private final class Lines: LogHandler, Sendable {
  private let kept = Mutex("")
  var text: String { kept.withLock { $0 } }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  var logLevel: Logger.Level {
    get { .debug }
    set {}
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(
    level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
    function: String, line: UInt
  ) {
    let values = (metadata ?? [:]).map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    kept.withLock { $0 += "\(message) \(values)\n" }
  }
}
