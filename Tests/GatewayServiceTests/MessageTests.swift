import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("HTTP messages")
struct MessageTests {
  @Test("of several fields of a name the first counts, and setting one replaces all")
  func names() {
    var headers: HeaderFields = [.location: "/a", .setCookie: "a=1"]
    headers.add(.setCookie, "b=2")
    #expect(headers[values: .setCookie] == ["a=1", "b=2"] && headers[.setCookie] == "a=1")
    headers[.setCookie] = "c=3"
    #expect(headers[values: .setCookie] == ["c=3"])
    headers[.setCookie] = nil
    #expect(headers[.setCookie] == nil && headers[.location] == "/a")
    headers.complete(with: [.location: "/b", .allow: "GET"])
    #expect(headers[.location] == "/a" && headers[.allow] == "GET")
    headers.set([.location: "/b"])
    #expect(headers[values: .location] == ["/b"])
  }

  @Test("nothing in a value begins another line", arguments: ["\r\n", "\n", "\r", "\0", "\u{7F}", "\u{85}\r\n"])
  func lines(end: String) {
    var headers: HeaderFields = [.location: "/a\(end)Set-Cookie: b=1"]
    headers[.allow] = "GET\(end)X: y"
    headers.add(.setCookie, "a=1\(end)\(end)body")
    for name in [HeaderName.location, .allow, .setCookie] {
      let value = headers[name] ?? "\n"
      #expect(value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(name)")
    }
  }

  @Test("every answer tells the time, refusals of the connection too")
  func date() async throws {
    #expect(HTTPDate.text(Date(timeIntervalSince1970: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    try await withGateway { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let before = Date.now
      let told = [
        try await client.get("/healthz"), try await client.get("/nowhere"),
        try await client.send(Array("no HTTP\r\n\r\n".utf8)),
      ].map { $0["Date"] }
      let passed = Int(Date.now.timeIntervalSince(before)) + 1
      let possible = (0...passed).map { HTTPDate.text(before + Double($0)) }
      #expect(told.allSatisfy { $0.map(possible.contains) == true }, "\(told)")
    }
  }

  @Test("a HEAD is told the length that a GET would have, and 204 and 304 have none")
  func lengths() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Core.Health.self, .ready)
      let path = "/api/version/current"
      let get = try await client.get(path)
      let head = try await client.send(Array("HEAD \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
      #expect(get["Content-Length"] == "\(get.body.count)" && head["Content-Length"] == get["Content-Length"])
      #expect(head.body.isEmpty && head["Transfer-Encoding"] == nil)
      let health = try await client.get("/healthz")
      #expect(health.status == 204 && health["Content-Length"] == nil && health["Transfer-Encoding"] == nil)
    }
  }
}
