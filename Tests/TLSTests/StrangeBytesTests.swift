import NIOCore
import NIOEmbedded
import TestKit
import TLS
import Testing

/// What comes of bytes that no honest peer sends.
@Suite struct StrangeBytesTests {
  /// Each is a handshake or most of one, half a millisecond's work; others want the machine, too.
  private static let inputs = 600

  /// Both ends without a network: what one writes is handed to the other by the test.
  private struct Wire {
    let client = EmbeddedChannel()
    let server = EmbeddedChannel()
    let ears = (client: Ear(), server: Ear())

    init(_ client: TLSHandler, _ server: TLSHandler) throws {
      for (channel, tls, ear) in [(self.client, client, ears.client), (self.server, server, ears.server)] {
        try channel.pipeline.syncOperations.addHandlers([tls, EarHandler(ear, tls)])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      }
    }

    /// All that each has to say, until both are silent. `spoil` may change it on the way.
    func pump(_ spoil: (ByteBuffer) -> ByteBuffer = { $0 }) throws {
      var isMoving = true
      while isMoving {
        isMoving = false
        for (from, to) in [(client, server), (server, client)] {
          while let bytes = try from.readOutbound(as: ByteBuffer.self) {
            isMoving = true
            if to.isActive { to.pipeline.syncOperations.fireChannelRead(NIOAny(spoil(bytes))) }
            to.pipeline.syncOperations.fireChannelReadComplete()
          }
          from.embeddedEventLoop.run()
        }
      }
    }

    /// Both are over a second later, whatever was said.
    func end() throws {
      for channel in [client, server] {
        channel.close(promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        _ = try channel.finish(acceptAlreadyClosed: true)
      }
    }
  }

  @Test("random bytes end either side with one failure")
  func random() async throws {
    var dice = SplitMix(seed: 3)
    let (client, server, verifying) = (
      try Fixture.client(), try Fixture.server(), try TLSClient.acceptingAnyCertificate()
    )
    let host = try #require(TLSHost("localhost"))
    for index in 0..<Self.inputs {
      await Task.yield()
      let wire = try Wire(index % 3 == 0 ? verifying.handler(to: host) : client.handler(), server.handler())
      var bytes = dice.bytes(Int.random(in: 1...300, using: &dice))
      // Half of them look like a record's beginning, and come further.
      if Bool.random(using: &dice) {
        bytes = [UInt8.random(in: 20...24, using: &dice), 3, 3, 0, UInt8(clamping: bytes.count)] + bytes
      }
      for (channel, ear) in [(wire.client, wire.ears.client), (wire.server, wire.ears.server)] {
        channel.pipeline.syncOperations.fireChannelRead(NIOAny(ByteBuffer(bytes: bytes)))
        channel.pipeline.syncOperations.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
        #expect(ear.heard.failures.count <= 1 && ear.heard.handshakes == 0 && ear.heard.bytes.isEmpty)
      }
      try wire.end()
    }
  }

  @Test("a bit that changed on the way ends the connection; nothing but what was sent is ever heard")
  func flippedBits() async throws {
    var dice = SplitMix(seed: 4)
    let (client, server) = (try Fixture.client(), try Fixture.server())
    let said = dice.bytes(3000)
    for _ in 0..<Self.inputs {
      await Task.yield()
      let wire = try Wire(client.handler(), server.handler())
      wire.client.writeAndFlush(ByteBuffer(bytes: said), promise: nil)
      wire.server.writeAndFlush(ByteBuffer(bytes: said), promise: nil)
      // About nine packets pass; one of them is hit, or none.
      var countdown = Int.random(in: 0..<10, using: &dice)
      try wire.pump { bytes in
        countdown -= 1
        guard countdown == 0, bytes.readableBytes > 0 else { return bytes }
        var bytes = bytes
        let place = bytes.readerIndex + Int.random(in: 0..<bytes.readableBytes, using: &dice)
        let byte = bytes.getInteger(at: place, as: UInt8.self) ?? 0
        bytes.setInteger(byte ^ 1 << UInt8.random(in: 0..<8, using: &dice), at: place)
        return bytes
      }
      for ear in [wire.ears.client, wire.ears.server] {
        #expect(ear.heard.failures.count <= 1 && said.starts(with: ear.heard.bytes))
      }
      try wire.end()
    }
  }

  @Test("bytes come one by one, and all is as if they came at once")
  func oneByOne() throws {
    let wire = try Wire(Fixture.client().handler(), Fixture.server().handler())
    let write = wire.client.writeAndFlush(ByteBuffer(bytes: [1, 2, 3]))
    var isMoving = true
    while isMoving {
      isMoving = false
      for (from, to) in [(wire.client, wire.server), (wire.server, wire.client)] {
        while let bytes = try from.readOutbound(as: ByteBuffer.self) {
          isMoving = true
          for byte in bytes.readableBytesView {
            to.pipeline.syncOperations.fireChannelRead(NIOAny(ByteBuffer(bytes: [byte])))
          }
          to.pipeline.syncOperations.fireChannelReadComplete()
        }
      }
    }
    try write.wait()
    #expect(wire.ears.server.heard.bytes == [1, 2, 3] && wire.ears.server.heard.identity == "gateway")
    try wire.end()
    #expect(wire.ears.server.heard.failures == [.truncated] || wire.ears.server.heard.failures.isEmpty)
  }

  @Test(
    "whoever does not speak TLS is told apart",
    arguments: ["220 mx ready", "HTTP/1.1 400 Bad Request\r\n", "GET / HTTP/1"])
  func notTLS(_ words: String) throws {
    let wire = try Wire(Fixture.client().handler(), Fixture.server().handler())
    let write = wire.client.writeAndFlush(ByteBuffer(bytes: [1]))
    wire.client.pipeline.syncOperations.fireChannelRead(NIOAny(ByteBuffer(string: words)))
    wire.client.embeddedEventLoop.run()
    #expect(wire.ears.client.heard.failures == [.notTLS] && wire.ears.client.heard.isClosed)
    #expect(throws: TLSFailure.notTLS) { try write.wait() }
    try wire.end()
  }
}
