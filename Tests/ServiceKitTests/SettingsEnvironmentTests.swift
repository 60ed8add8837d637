import Foundation
import LatchkeyProtocol
import ServiceKit
import Testing

@Suite struct SettingsEnvironmentTests {
  @Test("without UI_CONFIG_DISABLED the environment decides nothing, whatever else it says")
  func notInCharge() throws {
    #expect(try SettingsEnvironment.read(Environment(["APP_NAME": "Home", "SMTP_PORT": "no port"])) == nil)
    #expect(try SettingsEnvironment.read(Environment(["UI_CONFIG_DISABLED": "false"])) == nil)
  }

  @Test("settings come by their variables' names, flags in every spelling, secrets apart and from files")
  func values() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "lk-secret-\(UUID().uuidString)")
    try Data("correct horse\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let environment = Environment([
      "UI_CONFIG_DISABLED": "TRUE", "APP_NAME": " Home ", "EMAILS_VERIFIED": "1", "ALLOW_OWN_ACCOUNT_EDIT": "F",
      "SMTP_PASSWORD_FILE": file.path, "ALLOW_USER_SIGNUPS": "",
    ])
    let read = try #require(try SettingsEnvironment.read(environment))
    #expect(read.settings.isFixed && read.settings.appName == "Home")
    #expect(read.settings.emailsVerified && !read.settings.allowOwnAccountEdit)
    #expect(read.settings.chosen["allowUserSignups"] == nil && read.settings.chosen["smtpPassword"] == nil)
    #expect(read.secrets == ["smtpPassword": Secret("correct horse")])
  }

  @Test("every variable that does not fit is named in one go, and a secret's value is not repeated")
  func problems() throws {
    let environment = Environment([
      "UI_CONFIG_DISABLED": "true", "SMTP_PORT": "mail", "ALLOW_USER_SIGNUPS": "everybody", "LDAP_ENABLED": "true",
      "SMTP_PASSWORD": "bad\u{1}secret",
    ])
    let failure = try #require(throws: ConfigurationFailure.self) { try SettingsEnvironment.read(environment) }
    for name in ["SMTP_PORT", "ALLOW_USER_SIGNUPS", "LDAP_ENABLED", "SMTP_PASSWORD"] {
      #expect(failure.problems.contains { $0.hasPrefix("\(name) ") }, "\(name)")
    }
    #expect(!failure.description.contains("secret"))
  }

  @Test("a static key has at least 16 characters")
  func staticKey() throws {
    let none: Secret? = try Environment([:]).read(SettingsEnvironment.staticAPIKey)
    #expect(none == nil)
    let key = "0123456789abcdef"
    let read: Secret? = try Environment(["STATIC_API_KEY": key]).read(SettingsEnvironment.staticAPIKey)
    #expect(read == Secret(key))
    let failure = try #require(throws: ConfigurationFailure.self) {
      try Environment(["STATIC_API_KEY": "too short"]).read(SettingsEnvironment.staticAPIKey)
    }
    #expect(failure.description.contains("at least 16 characters") && !failure.description.contains("too short"))
  }
}
