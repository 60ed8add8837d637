import Foundation
import LatchkeyProtocol
import Testing

@Suite struct CoreTypesTests {
  @Test("a method name is service, name and version, and nothing else is one")
  func methodNames() throws {
    let name: MethodName = "oidc.exchangeToken/12"
    #expect(name.service == "oidc")
    #expect(name.name == "exchangeToken")
    #expect(name.version == 12)
    for text in [
      "", "oidc", "oidc.x", "oidc/1", ".x/1", "oidc./1", "oidc.x/", "oidc.x/0", "oidc.x/1/2", "a.b.c/1", "1a.b/1",
      "a.b/1000", "a.é/1", "a.b/x", "a." + String(repeating: "b", count: 64) + "/1",
    ] {
      #expect(MethodName(text) == nil, "\(text)")
    }
  }

  @Test("a secret prints as nothing, however it is printed")
  func secretsAreNotPrinted() {
    struct Holder { var token = Secret("hunter2") }
    var dumped = ""
    dump(Holder(), to: &dumped)
    for text in ["\(Secret("hunter2"))", String(reflecting: Holder()), "\(Optional(Secret("hunter2")) as Any)", dumped]
    {
      #expect(!text.contains("hunter2"))
    }
  }

  @Test("secrets are equal only if every byte is")
  func secretsCompare() {
    #expect(Secret("abc") == Secret("abc"))
    #expect(Secret("abc") != Secret("abd"))
    #expect(Secret("abc") != Secret("ab"))
    #expect(Secret("") == Secret(""))
    // Two spellings of é that Swift's String takes for equal.
    #expect(Secret("\u{E9}") != Secret("e\u{301}"))
  }

  @Test("a request id has 16 bytes and prints as 32 hexadecimal digits")
  func requestIDs() throws {
    let id = try #require(RequestID(bytes: Array(0..<16)))
    #expect("\(id)" == "000102030405060708090a0b0c0d0e0f")
    #expect(RequestID(hex: "\(id)".uppercased()) == id)
    #expect(id.bytes == Array(0..<16))
    #expect(RequestID(bytes: [1]) == nil)
    #expect(RequestID(hex: "0g") == nil)
    #expect(RequestID() != RequestID())
  }
}
