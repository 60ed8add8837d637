import Foundation
import OIDCRules
import Testing

@Suite("Forms")
struct FormParametersTests {
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
    func refusal(_ pairs: (String, String)...) -> FormRefusal? { self.refusal(pairs) }
    func repeated(_ count: Int) -> [(String, String)] { (0..<count).map { ("p\($0)", "1") } }
    #expect(self.refusal(repeated(Limits.formParameters)) == nil)
    #expect(self.refusal(repeated(Limits.formParameters + 1)) == .tooManyParameters)
    let name = String(repeating: "n", count: Limits.parameterName)
    #expect(refusal((name, "1")) == nil)
    #expect(refusal((name + "n", "1")) == .nameTooLong)
    let value = String(repeating: "v", count: Limits.parameterValue)
    #expect(refusal(("a", value)) == nil)
    #expect(refusal(("a", value + "v")) == .valueTooLong("a", limit: Limits.parameterValue))
    let rest = String(value.dropLast(4))
    #expect(refusal(("a", value), ("b", value), ("c", value), ("d", rest)) == nil)
    #expect(refusal(("a", value), ("b", value), ("c", value), ("d", rest + "v")) == .tooLarge)
  }

  @Test("no name and no value has a NUL")
  func nul() {
    #expect(refusal([("a", "b\0")]) == .controlCharacter)
    #expect(refusal([("a\0", "b")]) == .controlCharacter)
  }

  private func refusal(_ pairs: [(String, String)]) -> FormRefusal? {
    OIDCRulesTests.refusal(FormRefusal.self) { () throws(FormRefusal) in try FormParameters(pairs: pairs) }
  }
}
