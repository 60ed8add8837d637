import Encodings
import Testing

@Suite("Forms")
struct FormTests {
  private func read(_ bytes: some Collection<UInt8>) throws(Form.Problem) -> [FormField] {
    try Form.fields(bytes, most: 8, longestName: 16)
  }

  @Test("order and duplicates are kept, a missing value is empty")
  func order() throws {
    #expect(
      try read("b=2&a=1&b=3&c&=d&&e=f=g".utf8) == [
        FormField("b", "2"), FormField("a", "1"), FormField("b", "3"), FormField("c", ""), FormField("", "d"),
        FormField("e", "f=g"),
      ])
  }

  @Test("names and values are decoded: plus is a space, escapes are bytes of UTF-8")
  func decodes() throws {
    #expect(
      try read("a=1+2&b=%C3%A4%26%2B&c&=x&&d=&e=%0a".utf8) == [
        FormField("a", "1 2"), FormField("b", "ä&+"), FormField("c", ""), FormField("", "x"), FormField("d", ""),
        FormField("e", "\n"),
      ])
    #expect(try Percent.decode("a+b%20c".utf8) == "a+b c")
  }

  @Test(
    "a value that is not a form's is refused for its reason, and named",
    arguments: [
      ("a=%", Percent.Problem.malformedEscape), ("a=%4", .malformedEscape), ("a=%zz", .malformedEscape),
      ("a=%GG", .malformedEscape), ("a=%+1", .malformedEscape), ("a=%ff", .invalidUTF8), ("a=%C3", .invalidUTF8),
      ("a=%FF%FE", .invalidUTF8), ("a=%C0%80", .invalidUTF8), ("a=%ED%A0%80", .invalidUTF8),
      ("a=%00", .controlCharacter), ("a=1\n", .controlCharacter), ("a=\u{7F}", .controlCharacter),
      ("a=\0", .controlCharacter),
    ])
  func malformed(_ text: String, _ reason: Percent.Problem) {
    #expect(throws: Form.Problem.unreadable(.named("a"), reason)) { try read(text.utf8) }
  }

  @Test("a name that cannot be read is told by its place")
  func places() {
    #expect(throws: Form.Problem.unreadable(.number(1), .malformedEscape)) { try read("%=a".utf8) }
    #expect(throws: Form.Problem.unreadable(.number(2), .controlCharacter)) { try read("x&&a\t=1".utf8) }
    #expect(throws: Form.Problem.unreadable(.number(2), .invalidUTF8)) { try read([0x61, 0x26, 0xFF, 0x3D]) }
    #expect(throws: Form.Problem.unreadable(.named("a"), .invalidUTF8)) { try read([0x61, 0x3D, 0xFF]) }
  }

  @Test("number and names are bounded, names in bytes")
  func bounds() throws {
    let most = Array(repeating: "a=b", count: 8).joined(separator: "&")
    #expect(try read(most.utf8).count == 8)
    #expect(throws: Form.Problem.tooManyFields) { try read("\(most)&a".utf8) }
    let longest = String(repeating: "ä", count: 8)
    #expect(try read("\(longest)=1".utf8) == [FormField(longest, "1")])
    #expect(throws: Form.Problem.nameTooLong) { try read("\(longest)n=1".utf8) }
  }

  @Test("what is written is read again the same")
  func roundTrip() throws {
    let fields = [FormField("a b", "1&2=3+%"), FormField("", ""), FormField("c", "ü\n"), FormField("a b", "again")]
    #expect(try read(Form.encode(fields).utf8) == fields)
    let text = "a b/&=?%é\u{1}\u{10FFFF}~-._"
    #expect(try Percent.decode(Percent.encode(text).utf8) == text)
    #expect(Percent.encode("aZ9-._~ /ä") == "aZ9-._~%20%2F%C3%A4")
    #expect(Percent.encode("a/b c") { $0 == UInt8(ascii: "/") || Percent.isUnreserved($0) } == "a/b%20c")
  }
}
