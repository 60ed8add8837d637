import SMTP
import Testing
import TestKit

@Suite("the server's replies") struct ReplyTests {
  private func parse(_ text: String) throws(ReplyParser.Fault) -> [Reply] {
    var parser = ReplyParser()
    parser.append(Array(text.utf8))
    var replies: [Reply] = []
    while let reply = try parser.next() { replies.append(reply) }
    return replies
  }

  @Test("one line, several lines, and several replies")
  func wellFormed() throws {
    #expect(try parse("220 mx ready\r\n") == [Reply(220, ["mx ready"])])
    #expect(try parse("250\r\n") == [Reply(250, [""])])
    #expect(try parse("250-mx\r\n250-SIZE 1\r\n250 HELP\r\n") == [Reply(250, ["mx", "SIZE 1", "HELP"])])
    #expect(try parse("250 ok\r\n421 bye\r\n250-unfin").map(\.code) == [250, 421])
  }

  @Test("bytes may come one by one")
  func trickle() throws {
    var parser = ReplyParser()
    for byte in "250-a\r\n250 b\r".utf8 {
      parser.append([byte])
      #expect(try parser.next() == nil)
      #expect(!parser.isEmpty)
    }
    parser.append([10])
    #expect(try parser.next() == Reply(250, ["a", "b"]))
    #expect(parser.isEmpty)
  }

  @Test(
    "whatever is no reply is refused",
    arguments: [
      "hello\r\n", "25 ok\r\n", "250ok\r\n", "150 odd\r\n", "650 odd\r\n", "250 bare\n", "250-a\r\n251 b\r\n", "\r\n",
      "250 a\rb\r\n", "HTTP/1.1 400 Bad Request\r\n",
    ])
  func malformed(text: String) {
    #expect(throws: ReplyParser.Fault.notAReply) { try parse(text) }
  }

  @Test("a reply without end is cut off")
  func bounded() {
    #expect(throws: ReplyParser.Fault.tooLong) { try parse(String(repeating: "2", count: 3000)) }
    #expect(throws: ReplyParser.Fault.tooLong) { try parse("250 " + String(repeating: "a", count: 3000) + "\r\n") }
    #expect(throws: ReplyParser.Fault.tooLong) { try parse(String(repeating: "250-a\r\n", count: 200)) }
  }

  @Test("noise never crashes the parser, and is never kept beyond its bounds")
  func fuzz() {
    var dice = SplitMix(seed: 7)
    for _ in 0..<2000 {
      let bytes = (0..<64).map { _ in [10, 13, 32, 45, 50, 53, 65, 200].randomElement(using: &dice) ?? 0 }
      var parser = ReplyParser()
      parser.append(bytes.map { UInt8($0) })
      do { while try parser.next() != nil {} } catch { continue }
    }
  }
}
