import Encodings
import Foundation
import OIDCRules
import Testing

/// What a stranger's request may cost: text in which every comparison takes seconds is measured first.
@Suite("The cost of hostile text")
struct CostTests {
  private static let marks = String(repeating: "\u{0300}", count: 4000) + String(repeating: "\u{0316}", count: 4000)
  private static let moment = Duration.milliseconds(300)

  @Test(
    "a parameter that holds a word holds no book",
    arguments: [
      "response_type", "response_mode", "prompt", "display", "max_age", "acr_values", "ui_locales", "claims",
      "login_hint", "grant_type", "code_challenge_method", "token_type_hint",
    ])
  func words(name: String) {
    let time = ContinuousClock().measure {
      #expect(throws: FormRefusal.valueTooLong(name, limit: Limits.shortValues[name] ?? 0)) {
        try FormParameters([FormField(name, "x" + Self.marks)])
      }
    }
    #expect(time < Self.moment)
  }

  @Test("names that no parameter can have are passed over, and cost nothing")
  func names() throws {
    let marks = Self.marks.unicodeScalars.prefix(30) + Self.marks.unicodeScalars.suffix(30)
    let hostile = (0..<90).map { FormField(String(String.UnicodeScalarView(marks)) + "\($0)", "x") }
    let time = try ContinuousClock().measure {
      let form = try FormParameters(hostile + [FormField("state", "s")])
      for _ in 0..<40 { #expect(try form.value("state") == "s") }
      try form.refuseDuplicates()
      #expect(form.all.count == 1)
    }
    #expect(time < Self.moment)
  }
}
