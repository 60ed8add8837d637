import NIOCore
import TestKit
import TLS
import Testing

/// How connections end, and how a reader can tell the ends apart.
@Suite struct ClosingTests {
  @Test("whoever closes, both see an orderly end with nothing lost", arguments: [true, false])
  func orderly(byClient: Bool) async throws {
    let (client, server) = try await Fixture.ready()
    let (leaver, other) = byClient ? (client, server) : (server, client)
    let last = [UInt8](repeating: 9, count: 200_000)
    let write = leaver.say(last)
    try await leaver.channel.close()
    try await write.get()
    await eventually("the other is closed") { other.heard.isClosed }
    #expect(other.heard.bytes == last)
    for end in [client, server] {
      #expect(end.heard.failures.isEmpty && end.heard.otherErrors == 0 && end.heard.afterEnd == 0)
    }
    #expect(await Fixture.failure(of: leaver.say([1])) as? ChannelError == .ioOnClosedChannel)
  }

  @Test("a connection that ends without a goodbye was cut, and says so before it is inactive")
  func truncated() async throws {
    let (client, server) = try await Fixture.ready()
    try await server.say([1, 2, 3]).get()
    await eventually("it comes") { client.heard.bytes == [1, 2, 3] }
    try await Self.cut(server)
    await eventually("the client is closed") { client.heard.isClosed }
    #expect(client.heard.failures == [.truncated] && client.heard.afterEnd == 0)
    #expect(client.heard.bytes == [1, 2, 3])
  }

  @Test("the same where half an end is allowed")
  func truncatedHalf() async throws {
    let (client, server) = try await Fixture.ready(halfClosure: true)
    try await Self.cut(server)
    await eventually("the client is closed") { client.heard.isClosed }
    #expect(client.heard.failures == [.truncated] && !client.heard.isInputEnded)
  }

  @Test("a connection that ends in the handshake was cut, and what was to be written fails")
  func cutInHandshake() async throws {
    let client = try Fixture.client()
    let ends = try await Fixture.pair(client: { try client.handler() }, server: { nil }, first: [1])
    await eventually("the handshake has begun") { !ends.server.heard.bytes.isEmpty }
    try await ends.server.channel.close()
    #expect(await Fixture.failure(of: ends.client.first) as? TLSFailure == .truncated)
    await eventually("the client is closed") { ends.client.heard.isClosed }
    #expect(ends.client.heard.failures == [.truncated] && ends.client.heard.handshakes == 0)
  }

  @Test("a close in the handshake closes at once, without a failure")
  func closedInHandshake() async throws {
    let client = try Fixture.client()
    let ends = try await Fixture.pair(client: { try client.handler() }, server: { nil }, first: [1])
    try await ends.client.channel.close()
    #expect(await Fixture.failure(of: ends.client.first) as? ChannelError == .ioOnClosedChannel)
    await eventually("the server is closed") { ends.server.heard.isClosed }
    #expect(ends.client.heard.failures.isEmpty)
  }

  @Test("a peer that does not answer the goodbye is waited for a second, not for ever")
  func silentPeer() async throws {
    let (client, server) = try await Fixture.ready()
    try await server.channel.setOption(ChannelOptions.autoRead, value: false).get()
    let time = try await ContinuousClock().measure { try await client.channel.close() }
    #expect(time >= .milliseconds(900) && time < .seconds(5))
    await eventually("the client is closed") { client.heard.isClosed }
    #expect(client.heard.failures.isEmpty)
    server.channel.close(promise: nil)
  }

  @Test("two calls to close end together")
  func twice() async throws {
    let (client, server) = try await Fixture.ready()
    let closes: [EventLoopFuture<Void>] = [client.channel.close(), client.channel.close()]
    try await EventLoopFuture.andAllSucceed(closes, on: client.channel.eventLoop).get()
    await eventually("the server is closed") { server.heard.isClosed }
    #expect(server.heard.failures.isEmpty)
  }

  @Test("one direction can end before the other")
  func half() async throws {
    let (client, server) = try await Fixture.ready(halfClosure: true)
    try await client.say([1]).get()
    try await client.channel.close(mode: .output)
    await eventually("the server hears the end") { server.heard.isInputEnded }
    #expect(server.heard.bytes == [1] && !server.heard.isClosed)
    #expect(await Fixture.failure(of: client.say([2])) as? ChannelError == .outputClosed)
    try await server.say([UInt8](repeating: 3, count: 100_000)).get()
    await eventually("the client still hears") { client.heard.bytes.count == 100_000 }
    try await server.channel.close()
    await eventually("the client is closed") { client.heard.isClosed }
    #expect(client.heard.failures.isEmpty && server.heard.failures.isEmpty)
  }

  @Test("an end of the output that is asked for before the handshake waits for it, and for what was written")
  func earlyHalf() async throws {
    let (client, server) = (try Fixture.client(), try Fixture.server())
    let (listener, accepted) = try await Fixture.listen({ try server.handler() }, halfClosure: true)
    let end = try await Fixture.connect(try #require(listener.localAddress?.port), halfClosure: true) { nil }
    let peer = try await accepted.get()
    let (write, half) = try await end.channel.eventLoop.submit {
      try end.channel.pipeline.syncOperations.addHandler(client.handler(), position: .first)
      return (end.channel.writeAndFlush(ByteBuffer(bytes: [4])), end.channel.close(mode: .output))
    }.get()
    try await write.get()
    try await half.get()
    await eventually("the server hears the end") { peer.heard.isInputEnded }
    #expect(peer.heard.bytes == [4])
    try await peer.channel.close()
    await eventually("the client is closed") { end.heard.isClosed }
    #expect(end.heard.failures.isEmpty)
    try await listener.close()
  }

  @Test("one cannot stop listening alone")
  func input() async throws {
    let (client, _) = try await Fixture.ready()
    let failure = await Fixture.failure(of: client.channel.close(mode: .input))
    #expect(failure as? ChannelError == .operationUnsupported)
    try await client.channel.close()
  }

  /// Closes the socket below TLS.
  private static func cut(_ end: End) async throws {
    try await end.channel.eventLoop.submit {
      try end.channel.pipeline.syncOperations.context(handlerType: TLSHandler.self).close(promise: nil)
    }.get()
  }
}
