import Foundation
import NIOCore
import TestKit
import TLS
import Testing

/// Pre-shared keys as the `openssl` command speaks them: what is on the wire is the standard's and not only our own.
@Suite struct ForeignKeyTests {
  private static let key = Fixture.key.map { String(format: "%02x", $0) }.joined()
  private static let options = [
    "-psk", key, "-psk_identity", "gateway", "-tls1_2", "-cipher", "ECDHE-PSK-CHACHA20-POLY1305",
  ]

  @Test("a foreign client with the key is served, and its end is orderly")
  func foreignClient() async throws {
    let server = try Fixture.server()
    let (listener, accepted) = try await Fixture.listen({ try server.handler() }, isEcho: true)
    let port = try #require(listener.localAddress?.port)
    let program = try OpenSSL(["s_client", "-connect", "127.0.0.1:\(port)", "-quiet"] + Self.options)
    let end = try await accepted.get()
    try program.say("hello\n")
    await eventually("it is heard") { end.heard.bytes == Array("hello\n".utf8) }
    #expect(end.heard.identity == "gateway")
    await eventually("it comes back") { program.output == Array("hello\n".utf8) }
    try await end.channel.close()
    await eventually("the client ends") { program.status != nil }
    #expect(program.status == 0 && end.heard.failures.isEmpty)
    try await listener.close()
  }

  @Test("a foreign server with the key is spoken to, and one without it is refused")
  func foreignServer() async throws {
    let server = try await ForeignServer(["-nocert"] + Self.options)
    defer { server.stop() }
    let client = try Fixture.client()
    let end = try await Fixture.connect(server.port, first: Array("abc\n".utf8)) { try client.handler() }
    await eventually("it answers") { end.heard.bytes == Array("cba\n".utf8) }
    try await end.channel.close()
    #expect(end.heard.failures.isEmpty)
    let wrong = try Fixture.client("gateway", [UInt8](repeating: 8, count: 32))
    let refused = try await Fixture.connect(server.port) { try wrong.handler() }
    await eventually("it is closed") { refused.heard.isClosed }
    #expect(refused.heard.failures == [.refused(alert: "bad record mac")])
  }
}
