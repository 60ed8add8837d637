import NIOCore
import TestKit
import TLS
import Testing

/// Two ends with a key, over loopback: who gets in, and what passes.
@Suite struct PreSharedKeyTests {
  @Test("the same key on both sides: bytes pass both ways, and the server knows whose key it was")
  func sameKey() async throws {
    let (client, server) = try await Fixture.ready()
    #expect(server.heard.identity == "gateway")
    try await client.say(Array("ping".utf8)).get()
    await eventually("the server hears it") { server.heard.bytes == Array("ping".utf8) }
    try await server.say(Array("pong".utf8)).get()
    await eventually("the client hears it") { client.heard.bytes == Array("pong".utf8) }
    try await client.channel.close()
    await eventually("the server is closed") { server.heard.isClosed }
    #expect(client.heard.failures.isEmpty && server.heard.failures.isEmpty)
  }

  @Test("a wrong key is refused with an alert, each side fails once, and what was to be written fails too")
  func wrongKey() async throws {
    let (client, server) = (try Fixture.client("gateway", [UInt8](repeating: 8, count: 32)), try Fixture.server())
    let ends = try await Fixture.pair(
      client: { try client.handler() }, server: { try server.handler() }, first: [1])
    await eventually("both are closed") { ends.client.heard.isClosed && ends.server.heard.isClosed }
    #expect(ends.client.heard.failures == [.refused(alert: "bad record mac")])
    #expect(ends.server.heard.failures.count == 1)
    guard case .other(let reason)? = ends.server.heard.failures.first else { return #expect(Bool(false)) }
    #expect(reason.contains("decryption failed or bad record mac"), "\(reason)")
    #expect(await Fixture.failure(of: ends.client.first) as? TLSFailure == .refused(alert: "bad record mac"))
    #expect(ends.client.heard.handshakes == 0 && ends.server.heard.handshakes == 0)
    #expect(ends.server.heard.bytes.isEmpty)
  }

  @Test("an identity that the server does not know is refused")
  func unknownIdentity() async throws {
    let (client, server) = (try Fixture.client("stranger"), try Fixture.server())
    let ends = try await Fixture.pair(client: { try client.handler() }, server: { try server.handler() })
    await eventually("both are closed") { ends.client.heard.isClosed && ends.server.heard.isClosed }
    #expect(ends.client.heard.failures == [.refused(alert: "unknown PSK identity")])
    #expect(ends.server.heard.failures == [.other("psk identity not found")])
    #expect(ends.server.heard.identity == nil)
  }

  @Test("keys of another length and identities without length are none")
  func bounds() {
    for count in [0, 16, 31, 33] {
      #expect(throws: TLSFailure.other("A pre-shared key has 32 bytes.")) {
        try Fixture.client("gateway", [UInt8](repeating: 7, count: count))
      }
    }
    for identity in ["", "a\0b", String(repeating: "a", count: 129)] {
      #expect(throws: TLSFailure.other("A pre-shared key's identity has 1 to 128 bytes.")) {
        try Fixture.client(identity)
      }
    }
  }

  @Test("what is written before the handshake leaves after it, in order, and each promise is kept")
  func order() async throws {
    let (client, server) = (try Fixture.client(), try Fixture.server())
    let (listener, accepted) = try await Fixture.listen({ try server.handler() })
    let end = try await Fixture.connect(try #require(listener.localAddress?.port)) { nil }
    let peer = try await accepted.get()
    // As STARTTLS has it: in a live pipeline, and written in the same breath.
    let writes = try await end.channel.eventLoop.submit {
      try end.channel.pipeline.syncOperations.addHandler(client.handler(), position: .first)
      return (0..<100).map { index in
        let bytes = ByteBuffer(bytes: index == 50 ? [] : [UInt8(index)])
        return index % 3 == 0 ? end.channel.writeAndFlush(bytes) : end.channel.write(bytes)
      }
    }.get()
    try await EventLoopFuture.andAllSucceed(writes, on: end.channel.eventLoop).get()
    await eventually("all have come") { peer.heard.bytes.count == 99 }
    #expect(peer.heard.bytes == (0..<100).filter { $0 != 50 }.map { UInt8($0) })
    try await end.channel.close()
    try await listener.close()
  }

  @Test("megabytes pass both ways at once, unchanged")
  func large() async throws {
    let (client, server) = try await Fixture.ready(isEcho: true)
    var dice = SplitMix(seed: 1)
    let sent = dice.bytes(4 << 20)
    // One write far larger than a record, then many of any size.
    var (rest, writes) = (sent[...], [client.say(Array(sent.prefix(2 << 20)))])
    rest = rest.dropFirst(2 << 20)
    while !rest.isEmpty {
      let size = min(Int.random(in: 1...40_000, using: &dice), rest.count)
      writes.append(client.say(Array(rest.prefix(size))))
      rest = rest.dropFirst(size)
    }
    try await EventLoopFuture.andAllSucceed(writes, on: client.channel.eventLoop).get()
    await eventually("all has come back") { client.count >= sent.count }
    #expect(server.heard.bytes == sent && client.heard.bytes == sent)
    try await client.channel.close()
  }

  @Test("who reads by the piece gets every piece: half a record does not stop it")
  func manualReads() async throws {
    let (client, server) = (try Fixture.client(), try Fixture.server())
    let (listener, accepted) = try await Fixture.listen({ try server.handler() })
    let end = try await Fixture.connect(
      try #require(listener.localAddress?.port), isReading: false, { try client.handler() })
    let peer = try await accepted.get()
    await eventually("the handshake needs no reader") { end.heard.handshakes == 1 }
    // Small reads, so that records come in pieces.
    let pieces = FixedSizeRecvByteBufferAllocator(capacity: 1000)
    try await end.channel.setOption(ChannelOptions.recvAllocator, value: pieces).get()
    #expect(end.heard.bytes.isEmpty)
    try await peer.say([UInt8](repeating: 5, count: 16_000)).get()
    end.channel.read()
    await eventually("the record comes") { end.heard.bytes.count == 16_000 }
    try await peer.say([6]).get()
    end.channel.read()
    await eventually("the next comes") { end.heard.bytes.count == 16_001 }
    end.channel.close(promise: nil)
    await eventually("a close needs no reader") { end.heard.isClosed && peer.heard.isClosed }
    #expect(peer.heard.failures.isEmpty)
    try await listener.close()
  }

  @Test("each of many connections of one context knows its own identity")
  func identities() async throws {
    let server = try PreSharedKeyServer { identity in identity.hasPrefix("peer") ? Fixture.key : nil }
    for name in ["peer-a", "peer-b", "peer-ü"] {
      let client = try Fixture.client(name)
      let ends = try await Fixture.pair(client: { try client.handler() }, server: { try server.handler() })
      await eventually("the handshake is over") { ends.server.heard.handshakes == 1 }
      #expect(ends.server.heard.identity == name)
      try await ends.client.channel.close()
    }
  }
}
