import NIOCore
import TestKit
import TLS
import Testing

/// A client and servers with certificates, `openssl s_server`: whom it believes. One after another, since each starts a
/// few programs, and others have to wait for the machine.
@Suite(.serialized) struct CertificateTests {
  private let authority: Authority

  init() async throws { authority = try await Authority() }

  /// What a client ends with against a server with such a certificate: nil where it was believed and answered.
  private func failure(
    _ host: String, _ names: String, isExpired: Bool = false, _ client: TLSClient? = nil, _ options: [String] = []
  ) async throws -> TLSFailure? {
    let server = try await ForeignServer(authority.certificate(names, isExpired: isExpired), options)
    defer { server.stop() }
    return try await failure(at: server, host, client)
  }

  private func failure(at server: ForeignServer, _ host: String, _ client: TLSClient?) async throws -> TLSFailure? {
    let client = try client ?? .verifying(.file(authority.path))
    let host = try #require(TLSHost(host))
    let end = try await Fixture.connect(server.port, first: Array("abc\n".utf8)) { try client.handler(to: host) }
    await eventually("it answers or ends") { end.heard.bytes.count == 4 || end.heard.isClosed }
    guard let failure = end.heard.failures.first else {
      #expect(end.heard.bytes == Array("cba\n".utf8) && end.heard.handshakes == 1)
      try await end.channel.close()
      return nil
    }
    await eventually("it is closed") { end.heard.isClosed }
    #expect(end.heard.failures == [failure] && end.heard.handshakes == 0)
    #expect(await Fixture.failure(of: end.first) as? TLSFailure == failure)
    return failure
  }

  @Test("a certificate that is trusted and made out to the name is believed, in TLS 1.3 and 1.2")
  func believed() async throws {
    #expect(try await failure("localhost", "DNS:localhost") == nil)
    #expect(try await failure("LOCALHOST", "DNS:localhost", nil, ["-tls1_2"]) == nil)
  }

  @Test("a certificate that nobody vouches for is not, and the system's roots do not know this one")
  func untrusted() async throws {
    let stranger = try await Authority()
    for client in [try TLSClient.verifying(.file(stranger.path)), try TLSClient.verifying(.system)] {
      guard case .notTrusted(let reason)? = try await failure("localhost", "DNS:localhost", client) else {
        Issue.record("it was believed")
        continue
      }
      #expect(reason.contains("local issuer"), "\(reason)")
    }
  }

  @Test("an authority that only has the name of one that is trusted is not")
  func sameName() async throws {
    let (own, stranger) = (try await Authority(name: "Test CA"), try await Authority(name: "Test CA"))
    let server = try await ForeignServer(own.certificate("DNS:localhost"))
    defer { server.stop() }
    #expect(try await failure(at: server, "localhost", .verifying(.file(own.path))) == nil)
    let refused = try await failure(at: server, "localhost", .verifying(.file(stranger.path)))
    #expect(refused == .notTrusted("certificate signature failure"))
  }

  @Test("a certificate for another name is not")
  func otherName() async throws {
    for names in ["DNS:mail.example.com", "DNS:localhost.example.com", "IP:127.0.0.1", "email:localhost"] {
      #expect(try await failure("localhost", names) == .otherName, "\(names)")
    }
  }

  @Test("a wildcard stands for one whole label")
  func wildcards() async throws {
    let server = try await ForeignServer(authority.certificate("DNS:*.example.org,DNS:ma*.example.net"))
    defer { server.stop() }
    #expect(try await failure(at: server, "mail.example.org", nil) == nil)
    for host in ["example.org", "a.mail.example.org", "mail.example.net", "mail.example.com"] {
      #expect(try await failure(at: server, host, nil) == .otherName, "\(host)")
    }
  }

  @Test("an address is held against the certificate's addresses, and against nothing else")
  func addresses() async throws {
    #expect(try await failure("127.0.0.1", "IP:127.0.0.1,IP:::1") == nil)
    #expect(try await failure("::1", "IP:127.0.0.1,IP:::1") == nil)
    for names in ["IP:127.0.0.2", "DNS:127.0.0.1", "DNS:localhost", "DNS:*"] {
      #expect(try await failure("127.0.0.1", names) == .otherName, "\(names)")
    }
  }

  @Test("a certificate whose time is over is not believed")
  func expired() async throws {
    #expect(try await failure("localhost", "DNS:localhost", isExpired: true) == .expired)
  }

  @Test("any certificate will do for a client that was told so, and for no other")
  func anyCertificate() async throws {
    let client = try TLSClient.acceptingAnyCertificate()
    #expect(try await failure("localhost", "DNS:mail.example.com", isExpired: true, client) == nil)
    #expect(try await failure("127.0.0.1", "DNS:mail.example.com", client) == nil)
  }

  @Test("a server that speaks nothing newer than TLS 1.1 is refused")
  func oldVersion() async throws {
    let old = try await failure("localhost", "DNS:localhost", nil, ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    #expect(old == .refused(alert: "protocol version"))
  }

  @Test("the name is sent to the server, an address is not")
  func serverName() async throws {
    let (own, other) = (
      try await authority.certificate("DNS:unnamed,IP:127.0.0.1"), try await authority.certificate("DNS:named")
    )
    let server = try await ForeignServer(own, ["-servername", "named", "-cert2", other.chain, "-key2", other.key])
    defer { server.stop() }
    #expect(try await failure(at: server, "named", nil) == nil)
    #expect(try await failure(at: server, "unnamed", nil) == nil)
    #expect(try await failure(at: server, "127.0.0.1", nil) == nil)
  }

  @Test("a server that is gone without a goodbye has cut what it sent")
  func cut() async throws {
    let server = try await ForeignServer(authority.certificate("DNS:localhost"))
    let (client, host) = (try TLSClient.verifying(.file(authority.path)), try #require(TLSHost("localhost")))
    let end = try await Fixture.connect(server.port) { try client.handler(to: host) }
    _ = end.say(Array("abc\n".utf8))
    await eventually("it answers") { end.heard.bytes.count == 4 }
    server.stop()
    await eventually("the client is closed") { end.heard.isClosed }
    #expect(end.heard.failures == [.truncated])
  }

  @Test("trusted certificates that cannot be read are no client")
  func unreadable() throws {
    #expect(throws: TLSFailure.self) { try TLSClient.verifying(.file("/nowhere/ca.pem")) }
    #expect(throws: TLSFailure.self) { try TLSClient.verifying(.file("/dev/null")) }
  }
}
