import LatchkeyProtocol
import Testing
import TestKit
import Transport

/// What an authenticated peer that misbehaves is told, and that it disturbs nobody else.
@Suite struct BadFrameTests {
  /// Sends bytes and gives back why the connection was ended.
  private func ending(_ server: TCPServer, _ bytes: [UInt8]) async throws -> String? {
    let bystander = try Fixture.client(server)
    _ = try await bystander.send(Trial.Echo(text: "before"), Fixture.call())
    let raw = try await RawClient.ready(server, Fixture.key())
    raw.say(bytes)
    await eventually("the connection is ended") { raw.isClosed }
    // The bystander keeps its connection.
    #expect(try await bystander.send(Trial.Echo(text: "after"), Fixture.call()).text == "after")
    await bystander.close()
    let heard = raw.heard
    guard heard.count > 9, heard[4] == Frame.Kind.goAway.rawValue else { return nil }
    return String(decoding: heard.dropFirst(9), as: UTF8.self)
  }

  @Test("frames that are no frames end their connection with a reason; the others are served on")
  func badFrames() async throws {
    let server = try await Fixture.server()
    let cases: [(bytes: [UInt8], word: String)] = [
      ([0, 16, 0, 1, 2, 0, 0, 0, 1], "1048577 bytes"),
      ([0xFF, 0xFF, 0xFF, 0xFF], "4294967295 bytes"),
      ([0, 0, 0, 4, 2, 0, 0, 0], "less than its header"),
      ([0, 0, 0, 5, 99, 0, 0, 0, 1], "unknown type 99"),
      (Frame(.reply, correlation: 1).bytes, "reply"),
      (Frame(.goAway).bytes, "goAway"),
    ]
    for (bytes, word) in cases {
      let reason = try await ending(server, bytes)
      #expect(reason?.contains(word) == true, "\(reason ?? "no reason")")
    }
    await server.drain(within: .seconds(5))
  }

  @Test("a greeting that does not repeat what was agreed on is refused")
  func badGreeting() async throws {
    let server = try await Fixture.server()
    for hello in [
      Hello(offered: 1...2, chosen: 1, service: "trial"), Hello(offered: 1...1, chosen: 1, service: "oidc"),
    ] {
      let raw = try await RawClient.connect(server.address)
      raw.say(Handshake.offer(1...1))
      await eventually("the offer is answered") { raw.heard.count >= 10 }
      try await raw.startTLS(try Fixture.key())
      raw.say(try hello.frame.bytes)
      await eventually("the connection is ended") { raw.isClosed }
      #expect(String(decoding: raw.heard, as: UTF8.self).contains("greeting"))
    }
    await server.drain(within: .seconds(5))
  }

  @Test("a request without an envelope is malformed, and the connection goes on")
  func badEnvelope() async throws {
    let server = try await Fixture.server()
    let raw = try await RawClient.ready(server, Fixture.key())
    raw.say(Frame(.request, correlation: 5, body: [0xC1]).bytes)
    await eventually("it is answered") { raw.heard.count > 9 }
    #expect(raw.heard[4...8] == [Frame.Kind.failure.rawValue, 0, 0, 0, 5])
    let failure = try MessagePack.decode(ServiceFailure.self, from: [UInt8](raw.heard.dropFirst(9)))
    #expect(failure.kind == .malformed)
    raw.forget()
    raw.say(Frame(.ping).bytes)
    await eventually("a pong comes") { raw.heard == Frame(.pong).bytes }
    raw.close()
    await server.drain(within: .seconds(5))
  }

  @Test("a correlation used for two requests at once ends the connection")
  func reusedCorrelation() async throws {
    let service = TrialService()
    let server = try await Fixture.server(service)
    var request = try RequestFrame(Trial.Wait(text: "x"), Fixture.call())
    request.address(correlation: 1, remaining: .seconds(5))
    let reason = try await ending(server, request.bytes + request.bytes)
    #expect(reason?.contains("request") == true)
    service.open()
    await server.drain(within: .seconds(5))
  }

  @Test("a client that does not read its answers is cut off")
  func slowReader() async throws {
    var limits = Fixture.limits
    limits.queuedBytes = 4 << 20
    let server = try await Fixture.server(limits: limits)
    let raw = try await RawClient.ready(server, Fixture.key())
    try await raw.stopReading()
    var request = try RequestFrame(Trial.Size(answer: 1_000_000), Fixture.call())
    for correlation in 1...100 {
      request.address(correlation: UInt32(correlation), remaining: .seconds(5))
      raw.say(request.bytes)
    }
    await eventually("it is cut off") { server.connections == 0 }
    await server.drain(within: .seconds(5))
  }

  @Test("a connection without a byte for too long is closed")
  func idle() async throws {
    var limits = Fixture.limits
    limits.idle = .milliseconds(150)
    let server = try await Fixture.server(limits: limits)
    let raw = try await RawClient.ready(server, Fixture.key())
    await eventually("it is closed") { raw.isClosed }
    await server.drain(within: .seconds(5))
  }
}
