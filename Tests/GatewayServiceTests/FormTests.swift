import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Queries and forms")
struct FormTests {
  @Test("order and duplicates are kept, a missing value is empty")
  func order() throws {
    let fields = try Form.parse("b=2&a=1&b=3&c&=d&&e=f=g".utf8)
    #expect(
      fields == [
        FormField("b", "2"), FormField("a", "1"), FormField("b", "3"), FormField("c", ""), FormField("", "d"),
        FormField("e", "f=g"),
      ])
  }

  @Test("plus and percent-encoding are read")
  func decoding() throws {
    #expect(
      try Form.parse("scope=openid+profile&s=%C3%A9%2B".utf8) == [
        FormField("scope", "openid profile"), FormField("s", "é+"),
      ])
  }

  @Test(
    "a value that is not percent-encoded UTF-8 is refused by name",
    arguments: [
      "state=%", "state=%4", "state=%GG", "state=%C3", "state=%FF%FE", "state=%ED%A0%80", "state=%C0%80", "state=%00",
    ])
  func unreadable(text: String) {
    #expect(throws: Form.Problem.unreadable(field: "state")) { try Form.parse(text.utf8) }
  }

  @Test("raw bytes that are not UTF-8 are refused, in a name by its place")
  func rawBytes() {
    #expect(throws: Form.Problem.unreadable(field: "a")) { try Form.parse([0x61, 0x3D, 0xFF]) }
    #expect(throws: Form.Problem.unreadable(field: "number 2")) { try Form.parse([0x61, 0x26, 0xFF, 0x3D]) }
  }

  @Test("too many fields are refused")
  func tooMany() {
    let text = Array(repeating: "a=b", count: Limits.formFields + 1).joined(separator: "&")
    #expect(throws: Form.Problem.tooManyFields) { try Form.parse(text.utf8) }
  }

  @Test("what is encoded reads as it was")
  func roundTrip() {
    let text = "a b/&=?%é\u{0}\u{10FFFF}~-._"
    #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
  }

  @Test("a name is bounded, in bytes")
  func longNames() throws {
    let longest = String(repeating: "n", count: Limits.name)
    #expect(try Form.parse("\(longest)=1".utf8) == [FormField(longest, "1")])
    #expect(throws: Form.Problem.nameTooLong) { try Form.parse("\(longest)n=1".utf8) }
    #expect(Form.Problem.nameTooLong.sentence.contains("128 bytes"))
  }
}
