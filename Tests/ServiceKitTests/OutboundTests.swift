import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceKit
import Synchronization
import Testing

@Suite("Fetching from addresses")
struct OutboundTests {
  @Test(
    "what is not the public internet is not asked",
    arguments: [
      "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "127.0.0.1", "127.255.255.254",
      "169.254.169.254",
      "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
      "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
      "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
      "64:ff9b:1::1", "100::1", "2001::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "fc00::1",
      "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1", "5f00::1",
    ])
  func refused(_ text: String) throws {
    #expect(!EgressPolicy.publicOnly.allows(try #require(IPAddress(text))))
  }

  @Test(
    "the public internet is",
    arguments: ["1.1.1.1", "9.9.9.9", "172.32.0.1", "100.128.0.1", "192.0.1.1", "2606:4700::1111", "2a00:1450:4001::1"])
  func allowed(_ text: String) throws {
    #expect(EgressPolicy.publicOnly.allows(try #require(IPAddress(text))))
  }

  @Test("an address is taken apart once, and what is no web address is none")
  func addresses() throws {
    let url = try #require(OutboundURL("HTTPS://Example.COM:8443/a%20b?c=d#e"))
    #expect(url.isSecure && url.host == "example.com" && url.port == 8443 && url.target == "/a%20b?c=d")
    #expect(url.authority == "example.com:8443")
    let plain = try #require(OutboundURL("http://[2606:4700::1111]"))
    #expect(plain.host == "2606:4700::1111" && plain.authority == "[2606:4700::1111]" && plain.target == "/")
    for text in [
      "", "example.com", "//example.com/", "file:///etc/passwd", "ftp://example.com/", "https://", "https:///path",
      "https://a@example.com/", "https://a:b@example.com/", "http://example.com:0/", "http://example.com:99999/",
      "http://exa mple.com/", "http://example.com/\r\nX: y", "http://[fe80::1%25eth0]/",
    ] { #expect(OutboundURL(text) == nil, "\(text)") }
  }

  @Test("a redirect leads to another web address, and never from https to http")
  func redirects() throws {
    let url = try #require(OutboundURL("https://example.com/a/b"))
    #expect(url.redirected(to: "../c")?.target == "/c")
    #expect(url.redirected(to: "//cdn.example.com/x")?.host == "cdn.example.com")
    #expect(url.redirected(to: "http://example.com/") == nil)
    #expect(url.redirected(to: "file:///etc/passwd") == nil)
  }

  @Test("names and addresses of this machine are refused before anything is sent")
  func guarded() async throws {
    try await withServer { (port, asked) async throws in
      let client = OutboundHTTP()
      for host in [
        "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0x7f000001", "0.0.0.0",
      ] {
        await #expect(throws: OutboundHTTP.Failure.refused, "\(host)") {
          try await client.get("http://\(host):\(port)/", upTo: 100, within: .seconds(5))
        }
      }
      #expect(asked() == 0)
    }
  }

  @Test("what comes back is told, within its bounds")
  func fetching() async throws {
    try await withServer { (port, _) async throws in
      let client = OutboundHTTP(policy: .anywhere)
      func get(_ path: String, upTo limit: Int = 1000) async throws -> OutboundHTTP.Answer {
        try await client.get("http://127.0.0.1:\(port)\(path)", upTo: limit, within: .seconds(5))
      }
      #expect(try await get("/ok") == .init(status: 200, body: Array("hello".utf8)))
      #expect(try await get("/missing").status == 404)
      #expect(try await get("/moved/1").body == Array("hello".utf8))
      #expect(try await get("/large", upTo: 5000).body.count == 5000)
      await #expect(throws: OutboundHTTP.Failure.tooLarge) { try await get("/large", upTo: 4999) }
      await #expect(throws: OutboundHTTP.Failure.redirect) { try await get("/moved/9") }
      await #expect(throws: OutboundHTTP.Failure.redirect) { try await get("/elsewhere") }
      await #expect(throws: OutboundHTTP.Failure.timedOut) {
        try await client.get("http://127.0.0.1:\(port)/silent", upTo: 10, within: .milliseconds(300))
      }
      await #expect(throws: OutboundHTTP.Failure.broken) {
        try await client.get("https://127.0.0.1:\(port)/ok", upTo: 10, within: .seconds(5))
      }
    }
  }

  /// A small server on this machine, and how often it was asked.
  private func withServer(_ body: (Int, () -> Int) async throws -> Void) async throws {
    let asked = Counter()
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Answers(asked))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    do {
      try await body(server.localAddress?.port ?? 0) { asked.count }
    } catch {
      try await server.close()
      throw error
    }
    try await server.close()
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)

  var count: Int { value.withLock { $0 } }

  func add() { value.withLock { $0 += 1 } }
}

/// Says what the path asks for.
private final class Answers: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let asked: Counter

  init(_ asked: Counter) { self.asked = asked }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .head(let head) = unwrapInboundIn(data) else { return }
    asked.add()
    switch head.uri {
    case "/ok": answer(.ok, "hello", [:], context)
    case "/large": answer(.ok, String(repeating: "x", count: 5000), [:], context)
    case "/moved/1": answer(.found, "", ["Location": "/ok"], context)
    case "/elsewhere": answer(.found, "", ["Location": "file:///etc/passwd"], context)
    case "/silent": return
    case let uri where uri.hasPrefix("/moved/"): answer(.movedPermanently, "", ["Location": "/moved/9"], context)
    default: answer(.notFound, "nothing", [:], context)
    }
  }

  private func answer(
    _ status: HTTPResponseStatus, _ text: String, _ headers: HTTPHeaders, _ context: ChannelHandlerContext
  ) {
    var headers = headers
    headers.add(name: "Content-Length", value: "\(text.utf8.count)")
    context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
