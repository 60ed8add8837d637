import NIOCore
import NIOPosix
import SMTP
import Synchronization
import Testing

/// A server on loopback that answers line after line from a list, and is silent when the list is over.
private final class FakeServer: Sendable {
  let port: Int
  private let channel: any Channel

  init(_ answers: [String]) async throws {
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Answers(answers))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  func stop() async throws { try await channel.close() }

  private final class Answers: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var answers: ArraySlice<String>

    init(_ answers: [String]) { self.answers = answers[...] }

    func channelActive(context: ChannelHandlerContext) { answer(context) }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { answer(context) }

    private func answer(_ context: ChannelHandlerContext) {
      guard let next = answers.popFirst() else { return }
      if next == "close" { return context.close(promise: nil) }
      context.channel.writeAndFlush(ByteBuffer(string: "\(next)\r\n"), promise: nil)
    }
  }
}

@Suite("the client and its server") struct ClientTests {
  private func send(
    _ answers: [String], protection: Protection = .none, total: Duration = .seconds(10)
  ) async throws -> Outcome {
    let server = try await FakeServer(answers)
    var times = SMTPTimes()
    times.total = total
    let outcome = await SMTPClient(host: "id.example.org", times: times).send(
      try mail(), to: SMTPServer(host: "127.0.0.1", port: server.port, protection: protection))
    try await server.stop()
    return outcome
  }

  private let accepting = ["220 mx", "250 mx", "250 ok", "250 ok", "354 go"]

  @Test("a mail is delivered")
  func delivered() async throws {
    #expect(try await send(accepting + ["250 ok", "221 bye"]) == .delivered)
  }

  @Test("a silent server is given up after the total time")
  func silent() async throws {
    let outcome = try await send(["220 mx"], total: .milliseconds(200))
    #expect(outcome == .deferred(.init(.hello, "The server took too long.")))
  }

  @Test("a server that goes silent after the mail leaves it unknown")
  func silentAtTheEnd() async throws {
    let outcome = try await send(accepting, total: .milliseconds(300))
    #expect(outcome == .unknown(.init(.message, "The server took too long.")))
  }

  @Test("a server that hangs up defers the mail")
  func hangsUp() async throws {
    #expect(try await send(["220 mx", "close"]) == .deferred(.init(.hello, "The connection ended.")))
  }

  @Test("where nobody listens, the mail is deferred and says so")
  func nobodyThere() async throws {
    let server = try await FakeServer([])
    let port = server.port
    try await server.stop()
    let outcome = await SMTPClient(host: "x").send(
      try mail(), to: SMTPServer(host: "127.0.0.1", port: port, protection: .none))
    #expect(outcome == .deferred(.init(.connection, "Nothing answers at 127.0.0.1, port \(port).")))
  }

  @Test("a server that does not speak TLS where it should is named")
  func noTLS() async throws {
    let outcome = try await send(["220 mx ready and waiting"], protection: .implicit)
    #expect(outcome == .deferred(.init(.encryption, "The server does not speak TLS on this port.")))
  }

  @Test("a cancelled caller leaves at once")
  func cancelled() async throws {
    let server = try await FakeServer([])
    let message = try mail()
    let sending = Task {
      await SMTPClient(host: "x").send(
        message, to: SMTPServer(host: "127.0.0.1", port: server.port, protection: .none))
    }
    sending.cancel()
    #expect(await sending.value.trouble?.sentence == "This service is stopping.")
    try await server.stop()
  }
}
