import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Connections")
struct ConnectionTests {
  private func deadlines(_ change: (inout Deadlines) -> Void) -> Deadlines {
    var deadlines = Deadlines()
    change(&deadlines)
    return deadlines
  }

  // MARK: Deadlines

  @Test("half a request is refused in time, a connection that says nothing is closed without a word")
  func lateHead() async throws {
    try await withGateway(deadlines: deadlines { $0.head = .milliseconds(300) }) { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let half = try await client.talk { line in
        _ = line.send("GET /login HTTP/1.1\r\nHost: x\r\n")
        return line.readToEnd()
      }
      #expect(half.text.hasPrefix("HTTP/1.1 408 ") && half.text.contains("timed_out") && half.isClosed)
      let silent = try await client.talk { $0.readToEnd() }
      #expect(silent.text.isEmpty && silent.isClosed)
      let second = try await client.talk { line in
        _ = line.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = line.read(upTo: "\r\n\r\n")
        _ = line.send("GET /healthz")
        return line.readToEnd()
      }
      #expect(second.text.hasPrefix("HTTP/1.1 408 ") && second.isClosed)
    }
  }

  @Test("a body that stands still is refused in time, one that keeps coming is read")
  func lateBody() async throws {
    let short = deadlines {
      $0.body = .milliseconds(300)
      $0.bodyRate = 1000
    }
    try await withGateway(deadlines: short) { (_, client) async throws in
      let head = "POST /api/oidc/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
      let still = try await client.talk { line in
        _ = line.send(head + "Content-Length: 1000\r\n\r\ngrant")
        return line.readToEnd()
      }
      #expect(still.text.hasPrefix("HTTP/1.1 408 ") && still.text.contains("did not arrive in time") && still.isClosed)
      let slow = try await client.talk { line in
        _ = line.send(head + "Connection: close\r\nContent-Length: 6000\r\n\r\n")
        for _ in 0..<6 {
          _ = line.send(String(repeating: "a", count: 1000))
          // The slowness that is tested: longer in all than a body that stands still may take.
          Thread.sleep(forTimeInterval: 0.15)
        }
        return line.readToEnd()
      }
      #expect(slow.text.hasPrefix("HTTP/1.1 ") && !slow.text.hasPrefix("HTTP/1.1 408 "))
    }
  }

  private static let picture = StoredImage(
    contentType: "image/png", bytes: Data(repeating: 7, count: 1 << 20), version: "1")
  private static let largeRequest = "GET /api/application-images/background HTTP/1.1\r\nHost: x\r\n\r\n"

  @Test("a client that reads no answers is cut off")
  func unread() async throws {
    try await withGateway(deadlines: deadlines { $0.reading = .milliseconds(300) }) { (services, client) async throws in
      services.on(Auth.GetImage.self, .image(Self.picture))
      let (count, isClosed) = try await client.talk { line in
        _ = line.send(String(repeating: Self.largeRequest, count: 100))
        // The time in which this client reads nothing: several times what it may.
        Thread.sleep(forTimeInterval: 2)
        let (bytes, isClosed) = line.read { _ in false }
        return (bytes.count, isClosed)
      }
      // Several megabytes fit into the kernel's buffers; a hundred answers are 100 MiB.
      #expect(isClosed && count > 0 && count < 50 << 20)
    }
  }

  @Test("a client that reads no answers gets no further ones")
  func backpressure() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.GetImage.self, .image(Self.picture))
      try await client.talk { line in
        _ = line.send(String(repeating: Self.largeRequest, count: 200))
        // Until no more is asked for: several megabytes fit into the kernel's buffers.
        var (count, rounds) = (0, 0)
        while count == 0 || count < services.asked(Auth.GetImage.self).count, rounds < 50 {
          count = services.asked(Auth.GetImage.self).count
          rounds += 1
          Thread.sleep(forTimeInterval: 0.2)
        }
        #expect(count > 0 && count < 50)
      }
    }
  }

  @Test("a thousand requests in one packet are answered in order, and hold up nobody meanwhile")
  func pipelined() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let one = "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
      let last = "POST /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc"
      let slow = Task {
        try await client.talk { line in
          _ = line.send(String(repeating: one, count: 1000) + last)
          return line.readToEnd()
        }
      }
      var times: [Duration] = []
      for _ in 0..<20 {
        let begun = ContinuousClock.now
        #expect(try await client.get("/healthz").status == 204)
        times.append(.now - begun)
      }
      #expect(times.sorted()[15] < .milliseconds(100), "\(times)")
      let answers = try await slow.value
      #expect(answers.text.components(separatedBy: "HTTP/1.1 404 ").count == 1002 && answers.isClosed)
    }
  }

  @Test("what stands before bytes that are no HTTP is answered, and nothing behind them")
  func garbageBehind() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let answers = try await client.talk { line in
        _ = line.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nno HTTP\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        return line.readToEnd()
      }
      #expect(answers.text.hasPrefix("HTTP/1.1 204 ") && answers.text.components(separatedBy: "HTTP/1.1 ").count == 2)
      #expect(answers.text.lowercased().contains("connection: close") && answers.isClosed)
    }
  }

  @Test("what was sent before the client stopped sending is answered")
  func pipelinedToTheEnd() async throws {
    try await withGateway { (_, client) async throws in
      let answers = try await client.talk { line in
        _ = line.send(String(repeating: "GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n", count: 300))
        line.endSending()
        return line.readToEnd()
      }
      let count = answers.text.components(separatedBy: "HTTP/1.1 404 ").count - 1
      #expect(count == 300 && answers.isClosed, "\(count)")
    }
  }

  @Test("an old connection ends with its next answer, and says so")
  func age() async throws {
    let short = deadlines {
      $0.age = .milliseconds(200)
      $0.lastAnswer = .seconds(60)
    }
    try await withGateway(deadlines: short) { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let answer = try await client.talk { line in
        _ = line.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        let young = line.read(upTo: "\r\n\r\n")
        // Until the connection is old, which nothing tells a client.
        Thread.sleep(forTimeInterval: 0.4)
        _ = line.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        let old = line.readToEnd()
        return (young, old.text, old.isClosed)
      }
      #expect(answer.0.hasPrefix("HTTP/1.1 204 ") && !answer.0.lowercased().contains("connection: close"))
      #expect(answer.1.hasPrefix("HTTP/1.1 204 ") && answer.1.lowercased().contains("connection: close"))
      #expect(answer.2)
    }
  }

  // MARK: RFC 9110 and 9112

  @Test("a request names one host; in HTTP/1.0 it may name none")
  func host() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      for head in [
        "GET /healthz HTTP/1.1\r\n", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
        "GET /healthz HTTP/1.1\r\nAccept: */*\r\nHost: a\r\nHost: a\r\n",
        "GET /healthz HTTP/1.0\r\nHost: a\r\nHost: a\r\n",
      ] {
        let reply = try await client.send(Array("\(head)\r\n".utf8))
        #expect(reply.status == 400 && reply.json["error"]?.string?.contains("Host") == true, "\(head)")
      }
      #expect(services.count == 0)
      let late = "GET /healthz HTTP/1.1\r\nAccept: */*\r\nHost: a\r\nConnection: close\r\n\r\n"
      #expect(try await client.send(Array(late.utf8)).status == 204)
      // Without keep-alive HTTP/1.0 closes, which `send` waits for.
      let begun = ContinuousClock.now
      #expect(try await client.send(Array("GET /healthz HTTP/1.0\r\n\r\n".utf8)).status == 204)
      #expect(.now - begun < .seconds(8))
    }
  }

  @Test("who expects a 100 gets it once the body is wanted, and not where it is not")
  func expectation() async throws {
    try await withGateway { (services, client) async throws in
      let head = "HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 30\r\n"
      let taken = try await client.talk { line in
        let type = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
        _ = line.send("POST /api/oidc/token \(head)\(type)")
        let first = line.read(upTo: "\r\n\r\n")
        _ = line.send("grant_type=authorization_code&")
        return (first, line.readToEnd().text)
      }
      #expect(taken.0 == "HTTP/1.1 100 Continue\r\n\r\n")
      #expect(taken.1.hasPrefix("HTTP/1.1 ") && !taken.1.hasPrefix("HTTP/1.1 1"))
      let refused = try await client.talk { line in
        _ = line.send("POST /nowhere \(head)\r\n")
        return line.readToEnd()
      }
      #expect(refused.text.hasPrefix("HTTP/1.1 404 ") && refused.isClosed)
      #expect(refused.text.lowercased().contains("connection: close"))
    }
  }

  // MARK: Bodies

  private static let form = "multipart/form-data; boundary=x"
  private static let partHead = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n"

  @Test("a file is read from nobody before it is known who sends it, and from nobody who may not")
  func fileOfStrangers() async throws {
    try await withGateway { (services, client) async throws in
      let plain = User(
        id: UserID(UUID()), username: "bob", email: nil, emailVerified: false, firstName: "Bob", lastName: "",
        displayName: "Bob", isAdmin: false, locale: nil, disabled: false)
      for (answer, path, status) in [
        (.notSignedIn, "/api/users/me/profile-picture", 401), (.user(plain), "/api/application-images/background", 403),
        (.user(plain), "/api/users/\(UserID(UUID()))/profile-picture", 403),
      ] as [(Auth.CurrentUser.Response, String, Int)] {
        services.on(Auth.CurrentUser.self, answer)
        let reply = try await client.talk { line in
          _ = line.send(
            "PUT \(path) HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:1411\r\nSec-Fetch-Site: same-origin\r\n"
              + "Content-Type: \(Self.form)\r\nContent-Length: 1000000\r\n\r\n")
          return line.readToEnd()
        }
        #expect(reply.text.hasPrefix("HTTP/1.1 \(status) ") && reply.isClosed, "\(path)")
      }
      #expect(services.asked(Admin.PutImage.self).isEmpty && services.asked(Admin.AddUploadPart.self).isEmpty)
    }
  }

  @Test("a file is handed on while it arrives")
  func streamedFile() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.CurrentUser.self, .user(Sample.user))
      services.on(Admin.AddUploadPart.self, .kept)
      services.on(Admin.PutImage.self, .stored(version: "v"))
      let file = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      let body = Array(Self.partHead.utf8) + file + Array("\r\n--x--\r\n".utf8)
      let reply = try await client.talk { line in
        _ = line.send(
          "PUT /api/users/me/profile-picture HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:1411\r\n"
            + "Sec-Fetch-Site: same-origin\r\nContent-Type: \(Self.form)\r\nContent-Length: \(body.count)\r\n"
            + "Connection: close\r\n\r\n")
        _ = line.send(Array(body.prefix(1_000_000)))
        let deadline = Date(timeIntervalSinceNow: 10)
        while services.asked(Admin.AddUploadPart.self).isEmpty, Date() < deadline {
          Thread.sleep(forTimeInterval: 0.02)
        }
        let early = services.asked(Admin.AddUploadPart.self).count
        _ = line.send(Array(body.dropFirst(1_000_000)))
        return (early, line.readToEnd().text)
      }
      #expect(reply.0 == 1 && reply.1.hasPrefix("HTTP/1.1 204 "))
      let first = try #require(services.asked(Admin.AddUploadPart.self).first)
      guard case .file(let parts, let rest) = services.asked(Admin.PutImage.self).first?.body else {
        Issue.record("no picture came")
        return
      }
      #expect(parts == 1 && Array(first.bytes) + Array(rest) == file)
    }
  }

  // MARK: Shares

  @Test("whoever has all their requests under way is refused another one; others and the health check are not")
  func requestShare() async throws {
    try await withGateway(proxies: "127.0.0.1") { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let gate = Gate()
      services.on(OIDC.Metadata.self) { (_, _) async throws(ServiceFailure) in
        await gate.pass()
        throw ServiceFailure(.unavailable, mayHaveHappened: false, "over")
      }
      let path = "/.well-known/openid-configuration"
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<Limits.requestsPerNetwork {
          group.addTask { _ = try await client.get(path, ["X-Forwarded-For": "203.0.113.7"]) }
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while services.asked(OIDC.Metadata.self).count < Limits.requestsPerNetwork, .now < deadline {
          await Task.yield()
        }
        let refused = try await client.get("/login", ["X-Forwarded-For": "203.0.113.7"])
        #expect(refused.status == 429 && refused["Retry-After"] == "1")
        #expect(try await client.get("/healthz", ["X-Forwarded-For": "203.0.113.7"]).status == 204)
        #expect(try await client.get("/login", ["X-Forwarded-For": "203.0.113.8"]).status != 429)
        gate.open()
        try await group.waitForAll()
      }
      #expect(try await client.get("/login", ["X-Forwarded-For": "203.0.113.7"]).status != 429)
    }
  }

  @Test("bodies that do not come hold nobody else's requests up")
  func slowBodies() async throws {
    try await withGateway(proxies: "127.0.0.1") { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let status = try await client.talk { line in
        let lines = try (0..<600).map { index in
          let other = try RawLine(client.port)
          let from = "X-Forwarded-For: 203.0.113.\(index % 200)\r\n"
          _ = other.send("POST /api/oidc/token HTTP/1.1\r\nHost: x\r\n\(from)Content-Length: 60000\r\n\r\n")
          return other
        }
        defer { for other in lines { other.hangUp() } }
        _ = line.send(
          "GET /static/app.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n")
        return line.readToEnd().text.prefix(13)
      }
      #expect(status == "HTTP/1.1 200 ")
    }
  }
}
