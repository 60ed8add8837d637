import LatchkeyProtocol
import Testing

/// Envelopes, frames and the handshake, as bytes.
@Suite struct WireEnvelopeTests {
  private let call = Call(
    caller: Caller(
      session: Secret("s"), browsers: [Secret("b")], address: "2001:db8::1", userAgent: "Agent",
      languages: ["zh", "en"]),
    deadline: .now + .seconds(9), peer: .gateway)

  @Test("an envelope comes back, with the peer of the connection and the time that is left")
  func envelope() throws {
    let sent = RequestEnvelope(method: "oidc.exchangeToken/1", payload: [1, 2, 3], call: call)
    let received = try RequestEnvelope(body: sent.body)
    #expect(received == sent)
    #expect((8_000...9_000).contains(received.milliseconds))
    let heard = received.call(from: .admin)
    #expect(heard.peer == .admin)
    #expect(heard.id == call.id)
    #expect(heard.caller == call.caller)
    #expect(heard.remaining > .seconds(7))
  }

  @Test("a browser with several binding cookies brings them all, one without brings none, and no more than are read")
  func browsers() throws {
    for count in [0, 1, 2, Caller.mostBrowsers] {
      let browsers = (0..<count).map { Secret("b\($0)") }
      let sent = RequestEnvelope(
        method: "a.b/1", payload: [],
        call: Call(caller: Caller(browsers: browsers), deadline: .now + .seconds(1), peer: .gateway))
      #expect(try RequestEnvelope(body: sent.body).caller.browsers == browsers)
    }
    let crowd = Caller(browsers: Array(repeating: Secret("b"), count: Caller.mostBrowsers + 1))
    let sent = RequestEnvelope(
      method: "a.b/1", payload: [], call: Call(caller: crowd, deadline: .now + .seconds(1), peer: .gateway))
    #expect(try RequestEnvelope(body: sent.body).caller.browsers.count == Caller.mostBrowsers)
  }

  @Test("remaining time is bounded, whatever a sender asks for")
  func longest() throws {
    let forever = Call(deadline: .now + .seconds(1_000_000_000), peer: .gateway)
    var envelope = RequestEnvelope(method: "a.b/1", payload: [], call: forever)
    #expect(envelope.milliseconds == RequestEnvelope.maximumMilliseconds)
    envelope.milliseconds = .max
    #expect(try RequestEnvelope(body: envelope.body).milliseconds == RequestEnvelope.maximumMilliseconds)
    let past = Call(deadline: .now - .seconds(1), peer: .gateway)
    #expect(RequestEnvelope(method: "a.b/1", payload: [], call: past).milliseconds == 0)
  }

  @Test("an envelope with a part missing, too long or of another kind is refused")
  func refused() throws {
    let body = RequestEnvelope(method: "a.b/1", payload: [], call: call).body
    for cut in 0..<body.count {
      #expect(throws: WireError.self) { try RequestEnvelope(body: [UInt8](body.prefix(cut))) }
    }
    var other = body
    other[0] = 0x95
    #expect(throws: WireError.self) { try RequestEnvelope(body: other) }
    var envelope = RequestEnvelope(method: "a.b/1", payload: [], call: call)
    envelope.method = String(repeating: "x", count: 65)
    #expect(throws: WireError.self) { try RequestEnvelope(body: envelope.body) }
  }

  @Test("a frame is a length, a type, a correlation and a body")
  func frame() {
    let frame = Frame(.reply, correlation: 0x0102_0304, body: [9, 8])
    #expect(frame.bytes == [0, 0, 0, 7, 3, 1, 2, 3, 4, 9, 8])
    #expect(Frame.fits(Frame.maximumLength - 5))
    #expect(!Frame.fits(Frame.maximumLength - 4))
  }

  @Test("the highest wire version that both speak is chosen; without one the reason travels")
  func versions() {
    #expect(Handshake.choose(1...3, 2...5) == 3)
    #expect(Handshake.choose(1...1, 2...5) == nil)
    #expect(Handshake.versions(inOffer: Handshake.offer(1...2)) == 1...2)
    #expect(Handshake.versions(inOffer: Array("GET / HTTP".utf8)) == nil)
    #expect(Handshake.versions(inOffer: Handshake.magic + [2, 1]) == nil)
    #expect(Handshake.versions(inOffer: Handshake.magic + [0, 1]) == nil)
    let refusal = Handshake.bytes(of: .refused("no"))
    #expect(Handshake.answer(refusal) == .answered(.refused("no"), length: 12))
    #expect(Handshake.answer(Handshake.bytes(of: .chosen(1))) == .answered(.chosen(1), length: 10))
    for cut in 0..<refusal.count { #expect(Handshake.answer([UInt8](refusal.prefix(cut))) == .more) }
    #expect(Handshake.answer(Array("HTTP/1.1".utf8)) == .notOurs)
  }
}
