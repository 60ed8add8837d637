import Dispatch
import Encodings
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

  @Test(
    "what an administrator registered may be at home, on this machine or anywhere on the internet",
    arguments: [
      "10.0.0.1", "172.16.0.1", "192.168.1.1", "127.0.0.1", "::1", "fd12:3456::1", "100.64.0.1", "1.1.1.1",
      "2606:4700::1111", "::ffff:10.0.0.1", "64:ff9b::1.1.1.1", "2001:db8::1",
    ])
  func registered(_ text: String) throws {
    #expect(EgressPolicy.registered.allows(try #require(IPAddress(text))))
  }

  @Test(
    "and never where a cloud answers with credentials, where nobody is, or where everybody is",
    arguments: [
      "169.254.169.254", "169.254.0.1", "169.254.170.2", "::ffff:169.254.169.254", "fe80::1", "febf::1", "fec0::1",
      "fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "0.1.2.3", "::",
      "224.0.0.1", "239.255.255.250", "255.255.255.255", "240.0.0.1", "ff02::1", "64:ff9b::169.254.169.254",
      "2002:a9fe:a9fe::1", "::169.254.169.254",
    ])
  func neverRegistered(_ text: String) throws {
    #expect(!EgressPolicy.registered.allows(try #require(IPAddress(text))))
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

  @Test("a name whose server does not answer holds nobody longer than they wait, and no other call")
  func deadNames() async throws {
    try await withServer { (port, _) async throws in
      let dead = DispatchSemaphore(value: 0)
      let client = OutboundHTTP(
        policy: .anywhere,
        lookup: HostLookup { host in
          if host == "dead.example" { dead.wait() }
          return IPAddress("127.0.0.1").map { [$0] } ?? []
        })
      defer { for _ in 0..<3 { dead.signal() } }
      let time = try await ContinuousClock().measure {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<3 {
            group.addTask {
              await #expect(throws: OutboundHTTP.Failure.timedOut) {
                try await client.get("http://dead.example:\(port)/ok", upTo: 10, within: .milliseconds(200))
              }
            }
          }
          try await group.waitForAll()
        }
      }
      #expect(time < .seconds(5))
      let alive = try await client.get("http://alive.example:\(port)/ok", upTo: 10, within: .seconds(5))
      #expect(alive.status == 200)
    }
  }

  @Test("a form is posted whole, to the address that was named and to no other")
  func posting() async throws {
    try await withServer { (port, asked) async throws in
      let client = OutboundHTTP(policy: .registered)
      func post(_ path: String, _ form: String = "a=b", host: String = "127.0.0.1") async throws -> OutboundHTTP.Answer
      {
        try await client.post(form, to: "http://\(host):\(port)\(path)", upTo: 100, within: .seconds(5))
      }
      let echoed = try await post("/echo", "logout_token=x.y.z")
      let said = "POST application/x-www-form-urlencoded logout_token=x.y.z"
      #expect(echoed == .init(status: 200, body: Array(said.utf8)))
      // The server listens on one of the two addresses of this name.
      #expect(try await post("/ok", host: "localhost").status == 200)
      #expect(try await post("/large").body.count == 100)
      #expect(try await post("/missing").status == 404)
      let before = asked()
      #expect(try await post("/moved/1").status == 302)
      #expect(asked() == before + 1)
      await #expect(throws: OutboundHTTP.Failure.timedOut) {
        try await client.post("", to: "http://127.0.0.1:\(port)/silent", upTo: 10, within: .milliseconds(300))
      }
      await #expect(throws: OutboundHTTP.Failure.address) {
        try await client.post("", to: "http://a@127.0.0.1:\(port)/", upTo: 10, within: .seconds(5))
      }
      await #expect(throws: OutboundHTTP.Failure.broken) {
        try await client.post("", to: "http://127.0.0.1:1/", upTo: 10, within: .seconds(5))
      }
    }
  }

  @Test("where an address leads is judged when it is called: by its number, by its name, however it is written")
  func judgedAtTheCall() async throws {
    try await withServer { (port, asked) async throws in
      for host in [
        "169.254.169.254", "[fe80::1]", "[fd00:ec2::254]", "0.0.0.0", "[::]", "224.0.0.1", "[ff02::1]", "2852039166",
        "0xa9fea9fe", "169.16689662", "0",
      ] {
        await #expect(throws: OutboundHTTP.Failure.refused, "\(host)") {
          try await OutboundHTTP(policy: .registered).post(
            "", to: "http://\(host):\(port)/", upTo: 10, within: .seconds(5))
        }
      }
      // A redirect is another address, judged like the first.
      await #expect(throws: OutboundHTTP.Failure.refused) {
        try await OutboundHTTP(policy: .registered).get(
          "http://127.0.0.1:\(port)/metadata", upTo: 10, within: .seconds(5))
      }
      #expect(asked() == 1)
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
  private var echo: (head: HTTPRequestHead, body: String)?

  init(_ asked: Counter) { self.asked = asked }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let head: HTTPRequestHead
    switch unwrapInboundIn(data) {
    case .head(let received): head = received
    case .body(let bytes):
      echo?.body += String(buffer: bytes)
      return
    case .end:
      guard let echo else { return }
      let type = echo.head.headers.first(name: "content-type") ?? ""
      return answer(.ok, "\(echo.head.method.rawValue) \(type) \(echo.body)", [:], context)
    }
    asked.add()
    switch head.uri {
    case "/echo": echo = (head, "")
    case "/metadata": answer(.found, "", ["Location": "http://169.254.169.254/latest/"], context)
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
