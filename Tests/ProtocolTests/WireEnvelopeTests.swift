import LatchkeyProtocol
import Testing

/// Envelopes, frames and the handshake, as bytes.
@Suite struct WireEnvelopeTests {
  private let call = Call(
    caller: Caller(
      session: Secret("s"), browsers: [Secret("b")], address: "2001:db8::1", userAgent: "Agent",
      languages: ["zh", "en"]),
    deadline: .now + .seconds(9), peer: .gateway)

  /// A request's bytes behind its frame's header, as a receiver has them.
  private func body(
    _ call: Call, method: String = "a.b/1", payload: [UInt8] = [], remaining: Duration = .seconds(9)
  ) throws -> [UInt8] {
    var request = try RequestFrame(method: method, payload: payload, call)
    request.address(correlation: 7, remaining: remaining)
    return Array(request.bytes.dropFirst(Frame.headerLength))
  }

  private func head(_ body: [UInt8]) throws -> RequestHead { try body.withUnsafeBytes { try RequestHead($0) } }

  @Test("a request comes back, with the peer of the connection and the time that is left")
  func envelope() throws {
    let body = try body(call, method: "oidc.exchangeToken/1", payload: [1, 2, 3])
    let received = try head(body)
    #expect(received.method == "oidc.exchangeToken/1")
    #expect(Array(body[received.payload]) == [1, 2, 3])
    #expect(received.milliseconds == 9000)
    let heard = received.call(from: .admin)
    #expect(heard.peer == .admin)
    #expect(heard.id == call.id)
    #expect(heard.caller == call.caller)
    #expect(heard.remaining > .seconds(7))
  }

  @Test("two tries of one call differ in their correlation and the time left, and in nothing else")
  func tries() throws {
    var request = try RequestFrame(method: "a.b/1", payload: [1, 2, 3], call)
    request.address(correlation: 1, remaining: .milliseconds(1500))
    let first = request.bytes
    request.address(correlation: 2, remaining: .milliseconds(300))
    let second = request.bytes
    #expect(
      Array(first.prefix(9)) == Array(Frame(.request, correlation: 1, body: Array(first.dropFirst(9))).bytes.prefix(9)))
    #expect(zip(first, second).filter { $0 != $1 }.count == 3)
    #expect(try head(Array(first.dropFirst(9))).milliseconds == 1500)
    #expect(try head(Array(second.dropFirst(9))).milliseconds == 300)
  }

  @Test("a browser with several binding cookies brings them all, one without brings none, and no more than are read")
  func browsers() throws {
    func browsers(_ browsers: [Secret]) throws -> [Secret] {
      try head(body(Call(caller: Caller(browsers: browsers), deadline: .now + .seconds(1), peer: .gateway))).caller
        .browsers
    }
    for count in [0, 1, 2, Caller.mostBrowsers] {
      let own = (0..<count).map { Secret("b\($0)") }
      #expect(try browsers(own) == own)
    }
    #expect(
      try browsers(Array(repeating: Secret("b"), count: Caller.mostBrowsers + 1)).count == Caller.mostBrowsers)
  }

  @Test("remaining time is bounded, whatever a sender asks for")
  func longest() throws {
    func milliseconds(_ remaining: Duration) throws -> UInt64 {
      try head(body(call, remaining: remaining)).milliseconds
    }
    #expect(try milliseconds(.seconds(1_000_000_000)) == RequestHead.maximumMilliseconds)
    #expect(try milliseconds(.seconds(-1)) == 0)
    // What a receiver grants does not depend on the sender's own bound.
    var forever = try body(call)
    // Behind the array's header, the id and the method.
    let time = 1 + 18 + 6
    #expect(forever[time] == 0xCE)
    forever.replaceSubrange(time + 1...time + 4, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(try head(forever).milliseconds == RequestHead.maximumMilliseconds)
  }

  @Test("an envelope with a part missing, too long or of another kind is refused")
  func refused() throws {
    let whole = try body(call)
    for cut in 0..<whole.count { #expect(throws: WireError.self) { try head(Array(whole.prefix(cut))) } }
    #expect(throws: WireError.self) { try head(whole + [0]) }
    var other = whole
    other[0] = 0x95
    #expect(throws: WireError.self) { try head(other) }
    #expect(throws: WireError.self) { try head(body(call, method: String(repeating: "x", count: 65))) }
  }

  @Test("a message that fills a frame is written, and one byte more is refused before anything is sent")
  func fits() throws {
    let room = Frame.maximumLength + 4 - (try RequestFrame(method: "a.b/1", payload: [], call).bytes.count)
    #expect(try RequestFrame(method: "a.b/1", payload: Array(repeating: 0, count: room), call).bytes.count > room)
    #expect(throws: WireError.self) {
      try RequestFrame(method: "a.b/1", payload: Array(repeating: 0, count: room + 1), call)
    }
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
