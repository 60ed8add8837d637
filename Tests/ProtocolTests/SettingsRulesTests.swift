import Foundation
import LatchkeyProtocol
import Testing

@Suite struct SettingsRulesTests {
  private func problem(_ key: String, _ value: String) -> String? {
    let problems = ApplicationSettings(chosen: [key: value]).problems
    #expect(problems.allSatisfy { $0.field == key })
    return problems.first?.code
  }

  @Test(
    "what a setting may hold",
    arguments: [
      ("appName", "Home"), ("appName", String(repeating: "x", count: 30)), ("sessionDuration", "1"),
      ("sessionDuration", "43200"), ("homePageUrl", "/settings/account"), ("homePageUrl", "https://apps.example.com/"),
      ("emailsVerified", "true"), ("accentColor", "default"), ("accentColor", "#a5701f"), ("accentColor", "#abc"),
      ("accentColor", "oklch(0.6 0.18 255)"), ("accentColor", "rgb(10, 20, 30)"), ("allowUserSignups", "withToken"),
      ("smtpPort", "587"), ("smtpFrom", "id@example.com"), ("smtpTls", "starttls"), ("ldapEnabled", "false"),
      ("accentColor", "Teal"), ("accentColor", "rebeccapurple"), ("cimdUrlAllowlist", "[]"),
      ("signupDefaultUserGroupIDs", "[]"),
      ("signupDefaultUserGroupIDs", "[\"9f0b7f0e-0d0a-4a4b-8d8c-0c0b0a090807\"]"),
      ("signupDefaultCustomClaims", "[{\"key\":\"team\",\"value\":\"blue\"}]"), ("appName", ""), ("smtpPort", ""),
    ])
  func accepted(key: String, value: String) { #expect(problem(key, value) == nil) }

  @Test(
    "what a setting may not hold",
    arguments: [
      ("appName", String(repeating: "x", count: 31), "too_long"), ("appName", "a\u{0}b", "invalid"),
      ("sessionDuration", "0", "invalid"), ("sessionDuration", "43201", "invalid"),
      ("sessionDuration", "+5", "invalid"),
      ("sessionDuration", "1.5", "invalid"), ("homePageUrl", "//evil.example", "invalid"),
      ("homePageUrl", "/\\evil.example", "invalid"), ("homePageUrl", "javascript:alert(1)", "invalid"),
      ("homePageUrl", "https://user@evil.example/", "invalid"), ("emailsVerified", "yes", "invalid"),
      ("accentColor", "red;}body{display:none", "invalid"), ("accentColor", "reddish", "invalid"),
      ("accentColor", "url(https://evil.example)", "invalid"),
      ("allowUserSignups", "everybody", "invalid"), ("smtpPort", "65536", "invalid"), ("smtpPort", "-1", "invalid"),
      ("smtpFrom", "nobody", "invalid"), ("smtpTls", "ssl", "invalid"), ("ldapEnabled", "true", "unsupported"),
      ("cimdUrlAllowlist", "[\"https://*\"]", "unsupported"), ("signupDefaultUserGroupIDs", "[\"x\"]", "invalid"),
      ("signupDefaultUserGroupIDs", "{}", "invalid"), ("signupDefaultCustomClaims", "[{\"key\":\"a\"}]", "invalid"),
      ("signupDefaultCustomClaims", "[{\"key\":\" \",\"value\":\"1\"}]", "invalid"),
      (
        "signupDefaultCustomClaims", "[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"a\",\"value\":\"2\"}]",
        "duplicate_claim"
      ),
      ("smtpHost", String(repeating: "x", count: 4_001), "too_long"),
    ])
  func refused(key: String, value: String, code: String) { #expect(problem(key, value) == code) }

  @Test("an empty setting has its default, and typed reading knows it")
  func defaults() {
    let settings = ApplicationSettings(chosen: ["appName": ""])
    #expect(settings.appName == "Latchkey" && settings.homePageURL == "/settings/account")
    #expect(settings.signupDefaultGroups == [] && settings.signupDefaultClaims == [])
    #expect(settings.signupMode == .disabled && settings.requiresUserVerification)
    for definition in ApplicationSettings.definitions where !definition.whenUnset.isEmpty {
      #expect(ApplicationSettings.problem(definition.whenUnset, definition) == nil, "\(definition.key)")
    }
  }

  @Test("no two settings share a name or a variable")
  func names() {
    let definitions = ApplicationSettings.definitions
    #expect(Set(definitions.map(\.key)).count == definitions.count)
    #expect(Set(definitions.map(\.variable)).count == definitions.count)
  }
}
