import LatchkeyProtocol
import NIOCore
import NIOPosix
import Testing
import TestKit
import Transport

/// Who gets in, and what the others are told. After each refusal an ordinary client is still served.
@Suite struct HandshakeTests {
  private func expectServed(_ server: TCPServer, location: SourceLocation = #_sourceLocation) async throws {
    let client = try Fixture.client(server)
    let answer = try await client.send(Trial.Echo(text: "hello"), Fixture.call())
    #expect(answer.text == "hello", sourceLocation: location)
    await client.close()
  }

  private func failure(_ client: TCPClient) async -> ServiceFailure? {
    let failure = await Fixture.failure { () async throws(ServiceFailure) in
      try await client.send(Trial.Count(), Fixture.call())
    }
    await client.close()
    return failure
  }

  @Test("a wrong key is refused, and the refusal names the key")
  func wrongKey() async throws {
    let server = try await Fixture.server()
    let failure = await failure(try Fixture.client(server, key: 8))
    #expect(failure?.kind == .unavailable)
    #expect(failure?.mayHaveHappened == false)
    #expect(failure?.explanation.contains("key") == true)
    // The key of another peer is as wrong.
    #expect(await self.failure(try Fixture.client(server, peer: .latchkey, key: 7))?.kind == .unavailable)
    try await expectServed(server)
    await server.drain(within: .seconds(5))
  }

  @Test("a peer that has no key here is refused")
  func unknownPeer() async throws {
    let server = try await Fixture.server()
    #expect(await failure(try Fixture.client(server, peer: .admin))?.kind == .unavailable)
    try await expectServed(server)
    await server.drain(within: .seconds(5))
  }

  @Test("the connection's identity decides what a peer may call")
  func identity() async throws {
    let server = try await Fixture.server()
    let client = try Fixture.client(server, peer: .latchkey, key: 9)
    #expect(try await client.send(Trial.Private(), Fixture.call()) == "private")
    #expect(try await client.send(Trial.Echo(text: "x"), Fixture.call()).peer == .latchkey)
    #expect(await failure(client)?.kind == .forbidden)
    await server.drain(within: .seconds(5))
  }

  @Test("another service than the one that was meant is refused")
  func otherService() async throws {
    let server = try await Fixture.server()
    let failure = await failure(try Fixture.client(server, service: "oidc"))
    #expect(failure?.kind == .unavailable)
    #expect(failure?.mayHaveHappened == false)
    try await expectServed(server)
    await server.drain(within: .seconds(5))
  }

  @Test("wire versions that do not meet are refused with both ranges")
  func versions() async throws {
    let server = try await Fixture.server()
    let client = TCPClient(
      service: "trial", addresses: [server.address], peer: .gateway, key: try Fixture.key(), limits: Fixture.limits,
      versions: 7...9, logger: Fixture.logger)
    let failure = await failure(client)
    #expect(failure?.kind == .unavailable)
    #expect(failure?.explanation.contains("wire versions 1 to 1, not 7 to 9") == true)
    try await expectServed(server)
    await server.drain(within: .seconds(5))
  }

  @Test("whoever speaks something else is told so in clear and closed")
  func wrongMagic() async throws {
    let server = try await Fixture.server()
    for words in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "LATCHKEz\u{1}\u{1}", "LATCHKEY\u{2}\u{1}"] {
      let raw = try await RawClient.connect(server.address)
      raw.say([UInt8](words.utf8))
      await eventually("it is closed") { raw.isClosed }
      guard case .answered(.refused, _) = Handshake.answer(raw.heard) else {
        Issue.record("no reason came for \(words)")
        continue
      }
    }
    try await expectServed(server)
    await server.drain(within: .seconds(5))
  }

  @Test("a server that is none of ours is refused")
  func notOurs() async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(WebServer()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    let failure = await failure(try Fixture.client([ServiceAddress(host: "127.0.0.1", port: port)]))
    #expect(failure?.kind == .unavailable)
    #expect(failure?.explanation.contains("not a Latchkey service") == true)
    try await listener.close()
  }

  @Test("a server that is gone in the middle of the handshake has refused nobody")
  func gone() async throws {
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(GoneServer()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(listener.localAddress?.port)
    var limits = Fixture.limits
    limits.patience = .seconds(1)
    let client = try Fixture.client([ServiceAddress(host: "127.0.0.1", port: port)], limits: limits)
    let failure = await failure(client)
    #expect(failure?.kind == .unavailable)
    #expect(failure?.mayHaveHappened == false)
    #expect(failure?.explanation.contains("closed the connection during the handshake") == true)
    try await listener.close()
  }

  @Test("a client that says nothing, or stops half-way, is closed in time")
  func silent() async throws {
    var limits = Fixture.limits
    limits.handshake = .milliseconds(200)
    let server = try await Fixture.server(limits: limits)
    let silent = try await RawClient.connect(server.address)
    let slow = try await RawClient.connect(server.address)
    slow.say([UInt8](Handshake.offer(1...1).prefix(5)))
    let stuck = try await RawClient.connect(server.address)
    stuck.say(Handshake.offer(1...1))
    await eventually("all are closed") { silent.isClosed && slow.isClosed && stuck.isClosed }
    try await expectServed(server)
    await server.drain(within: .seconds(5))
  }

  @Test("a connection beyond the limit is closed, and there is room again afterwards")
  func connections() async throws {
    var limits = Fixture.limits
    limits.connections = 2
    let server = try await Fixture.server(limits: limits)
    let first = try await RawClient.ready(server, Fixture.key())
    let second = try await RawClient.ready(server, Fixture.key())
    let third = try await RawClient.connect(server.address)
    await eventually("the third is closed") { third.isClosed }
    #expect(!first.isClosed)
    #expect(!second.isClosed)
    first.close()
    try await expectServed(server)
    second.close()
    await server.drain(within: .seconds(5))
  }
}

/// Answers whatever it hears as a web server would.
private final class WebServer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")), promise: nil)
  }
}

/// Answers the offer, and hangs up on what comes then.
private final class GoneServer: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var hasAnswered = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasAnswered else { return context.close(promise: nil) }
    hasAnswered = true
    let answer = ByteBuffer(bytes: Handshake.bytes(of: .chosen(1)))
    context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
  }
}
