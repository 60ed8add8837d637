import Foundation
import OIDCRules
import Testing

@Suite("Forms")
struct FormParametersTests {
  private func refusal(of text: String) -> FormRefusal? {
    OIDCRulesTests.refusal(FormRefusal.self) { () throws(FormRefusal) in try FormParameters(formEncoded: text) }
  }

  @Test("names and values are decoded: plus is a space, escapes are bytes of UTF-8")
  func decodes() throws {
    let form = try FormParameters(formEncoded: "a=1+2&b=%C3%A4%26&c&=x&&d=")
    #expect(
      form.all == [
        FormParameter("a", "1 2"), FormParameter("b", "ä&"), FormParameter("c", ""), FormParameter("", "x"),
        FormParameter("d", ""),
      ])
  }

  @Test(
    "what is not a form is refused for its reason",
    arguments: [
      ("a=%", FormRefusal.malformedEscape), ("a=%4", .malformedEscape), ("a=%zz", .malformedEscape),
      ("a=%+1", .malformedEscape), ("%=a", .malformedEscape), ("a=%ff", .invalidUTF8), ("a=%C3", .invalidUTF8),
      ("a=%ED%A0%80", .invalidUTF8), ("a=%00", .controlCharacter), ("a=1\n", .controlCharacter),
      ("a\t=1", .controlCharacter), ("a=\u{7F}", .controlCharacter),
    ])
  func malformed(_ text: String, _ reason: FormRefusal) {
    #expect(refusal(of: text) == reason)
  }

  @Test("raw bytes that are not UTF-8 are refused")
  func rawBytes() {
    #expect(
      OIDCRulesTests.refusal(FormRefusal.self) { () throws(FormRefusal) in
        try FormParameters(formEncoded: [0x61, 0x3D, 0xFF])
      } == .invalidUTF8)
  }

  @Test("a parameter that stands twice cannot be read, and is named")
  func duplicates() throws {
    let form = try FormParameters(formEncoded: "state=&scope=openid&state=x&resource=a&resource=b")
    #expect(throws: FormRefusal.duplicate("state")) { try form.value("state") }
    #expect(try form.value("scope") == "openid")
    #expect(throws: FormRefusal.duplicate("state")) { try form.refuseDuplicates() }
    #expect(form.values("resource") == ["a", "b"])
    #expect(OAuthError(.duplicate("state")).description == "The parameter 'state' was sent more than once.")
  }

  @Test("an unknown parameter that stands twice is refused; resource and audience may repeat")
  func unknownDuplicates() throws {
    #expect(throws: FormRefusal.duplicate("foo")) { try FormParameters(formEncoded: "foo=1&foo=2").refuseDuplicates() }
    try FormParameters(formEncoded: "resource=a&resource=b&audience=c&audience=d").refuseDuplicates()
  }

  @Test("an empty value is as if it had been left out")
  func empty() throws {
    #expect(try FormParameters(formEncoded: "state=").value("state") == nil)
  }

  @Test("number and sizes are bounded at their limits")
  func bounds() {
    func repeated(_ count: Int) -> String { (0..<count).map { "p\($0)=1" }.joined(separator: "&") }
    #expect(refusal(of: repeated(Limits.formParameters)) == nil)
    #expect(refusal(of: repeated(Limits.formParameters + 1)) == .tooManyParameters)
    let name = String(repeating: "n", count: Limits.parameterName)
    #expect(refusal(of: "\(name)=1") == nil)
    #expect(refusal(of: "\(name)n=1") == .nameTooLong)
    let value = String(repeating: "v", count: Limits.parameterValue)
    #expect(refusal(of: "a=\(value)") == nil)
    #expect(refusal(of: "a=\(value)v") == .valueTooLong("a", limit: Limits.parameterValue))
    #expect(refusal(of: String(repeating: "&", count: Limits.form + 1)) == .tooLarge)
    #expect(refusal(of: "a=\(value)&b=\(value)&c=\(value)&d=\(value)") == .tooLarge)
  }

  @Test("pairs handed in by a gateway are bounded too, and have no NUL")
  func pairs() {
    #expect(throws: FormRefusal.controlCharacter) { try FormParameters(pairs: [("a", "b\0")]) }
    #expect(throws: FormRefusal.nameTooLong) {
      try FormParameters(pairs: [(String(repeating: "n", count: Limits.parameterName + 1), "")])
    }
  }

  @Test("what was read is printed and read again the same")
  func roundTrip() throws {
    let form = try FormParameters(pairs: [("a b", "1&2=3+%"), ("", ""), ("c", "ü\n"), ("a b", "again")])
    #expect(try FormParameters(formEncoded: form.formEncoded) == form)
  }
}
