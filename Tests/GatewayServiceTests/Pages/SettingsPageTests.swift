import GatewayService
import LatchkeyProtocol
import LatchkeyWords
import Testing

@Suite("The page of settings")
struct SettingsPageTests {
  private let renderer: PageRenderer

  init() throws { renderer = try Pages.renderer.get() }

  private func html(_ chosen: [String: String], secrets: [String] = []) -> String {
    let view = Admin.SettingsView(settings: ApplicationSettings(chosen: chosen), secrets: secrets)
    return renderer.render(
      SettingsPage(view, groups: []),
      in: PageFrame(language: .english, instance: Instance(name: "Latchkey"), viewer: PageSamples.ada))
  }

  /// What the form has under a name, up to `end`.
  private func field(_ name: String, upTo end: String, in html: String) throws -> Substring {
    let start = try #require(html.firstRange(of: "name=\"\(name)\""), "\(name)")
    let rest = html[start.upperBound...]
    return rest[..<(try #require(rest.firstRange(of: end)).lowerBound)]
  }

  @Test(
    "a switch is on where its setting is",
    arguments: [
      "allowOwnAccountEdit", "disableAnimations", "requireUserEmail", "emailsVerified", "webauthnAllowSyncedPasskeys",
      "smtpSkipCertVerify", "emailLoginNotificationEnabled", "emailVerificationEnabled",
      "emailOneTimeAccessAsAdminEnabled", "emailOneTimeAccessAsUnauthenticatedEnabled", "emailApiKeyExpirationEnabled",
    ])
  func switches(name: String) throws {
    #expect(try field(name, upTo: ">", in: html([name: "true"])).contains("checked"))
    #expect(try !field(name, upTo: ">", in: html([name: "false"])).contains("checked"))
  }

  @Test(
    "a choice shows what was chosen, and nothing else",
    arguments: ["allowUserSignups", "webauthnUserVerification", "webauthnAuthenticatorAttachment", "smtpTls"])
  func choices(name: String) throws {
    guard case .oneOf(let values) = ApplicationSettings.definition(name)?.form else {
      Issue.record("it is no choice")
      return
    }
    for value in values {
      let options = try field(name, upTo: "</select>", in: html([name: value]))
      for other in values {
        #expect(options.contains("value=\"\(other)\" selected") == (other == value), "\(other) for \(value)")
      }
    }
  }

  @Test("a secret that is kept is masked, and claims are lines")
  func others() throws {
    let page = html(
      ["signupDefaultCustomClaims": #"[{"key":"a","value":"1"},{"key":"b","value":"2"}]"#], secrets: ["smtpPassword"])
    #expect(try field("smtpPassword", upTo: ">", in: page).contains("value=\"\(ApplicationSettings.mask)\""))
    #expect(try field("smtpPassword", upTo: ">", in: html([:])).contains("value=\"\""))
    #expect(try field("signupDefaultCustomClaims", upTo: "</textarea>", in: page).hasSuffix(">a=1\nb=2"))
  }
}
