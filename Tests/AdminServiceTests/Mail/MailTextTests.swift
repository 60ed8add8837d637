import AdminService
import Foundation
import LatchkeyProtocol
import LatchkeyWords
import ServiceStore
import Testing

@Suite("what mails say") struct MailTextTests {
  private static let now = Date(timeIntervalSince1970: 1_795_319_426)
  private static let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

  private static let origin = Mail.Origin(userAgent: firefox, address: "192.0.2.7", at: now)

  private static let contents: [Mail.Content] = [
    .oneTimeCode(
      code: Secret("XK7P2M"), link: Secret("https://id.example.org/lc/XK7P2M?a=1&b=2"), expiresAt: now + 899,
      askedByReader: true),
    .newDevice(origin), .newPasskey(name: "Ada’s phone", origin), .newAPIKey(name: "Terraform", origin),
    .signInLink(by: "Grace <Hopper>", origin),
    .newAddress(
      "ada@elsewhere.example", waits: true, confirm: Secret("https://id.example.org/confirm-new-address?token=t"),
      origin),
    .newAddress("ada@elsewhere.example", waits: false, confirm: nil, origin),
    .newAddress(nil, waits: false, confirm: nil, origin),
    .verifyEmail(link: Secret("https://id.example.org/verify-email?token=t"), expiresAt: now + 24 * 3600),
    .apiKeyExpiring(name: "Backup <script>", expiresAt: now + 6.5 * 24 * 3600), .test,
  ]

  private func text(
    _ content: Mail.Content, locale: String? = nil, languages: [String] = [], name: String = "Ada"
  ) -> MailText {
    MailText(
      Mail(content, languages: languages), name: name, locale: locale, recipient: "ada@example.com",
      from: MailText.Sender(appName: "Home", address: "https://id.example.org", now: Self.now))
  }

  @Test("every mail says in HTML what it says in plain text, in every language", arguments: Language.all, contents)
  func bothForms(language: Language, content: Mail.Content) {
    let mail = text(content, locale: language.tag)
    #expect(mail.language == language)
    let html = MailLayout().html(mail, appName: "Home")
    let parts =
      [mail.greeting, mail.text, mail.footer]
      + [mail.code, mail.note, mail.action?.label, mail.action?.link].compactMap(\.self)
    for part in parts + mail.facts.flatMap({ [$0.name, $0.value] }) {
      #expect(mail.plain.contains(part), "\(part)")
      #expect(html.contains(escaped(part)), "\(part)")
      #expect(!part.contains("{") && !part.hasPrefix("mail."), "a word is missing: \(part)")
    }
    #expect(!html.contains("<script") && !html.contains("<table"))
    #expect(html.contains("<html lang=\"\(language.tag)\">"))
    #expect(!mail.subject.isEmpty && !mail.subject.contains("{"))
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }

  @Test(
    "only who asked for a code hears that it adds no passkey, and a former address what it may do about the new one")
  func conditions() {
    func code(askedByReader: Bool) -> String {
      text(
        .oneTimeCode(code: Secret("c"), link: Secret("l"), expiresAt: Self.now + 60, askedByReader: askedByReader)
      ).plain
    }
    #expect(code(askedByReader: true).contains("adds no passkey"))
    #expect(!code(askedByReader: false).contains("adds no passkey"))
    func address(_ address: String?, waits: Bool, confirm: String?) -> String {
      text(.newAddress(address, waits: waits, confirm: confirm.map { Secret($0) }, Self.origin)).plain
    }
    let waiting = address("a@b.example", waits: true, confirm: "https://id.example.org/x")
    #expect(waiting.contains("For a day") && waiting.contains("confirm it here") && waiting.contains("It was me:"))
    let still = address("a@b.example", waits: true, confirm: nil)
    #expect(still.contains("For a day") && !still.contains("confirm it here") && !still.contains("It was me:"))
    #expect(!address("a@b.example", waits: false, confirm: nil).contains("For a day"))
    #expect(address(nil, waits: false, confirm: nil).contains("no longer has this address"))
  }

  @Test("the account's language comes first, then the browser's, then English")
  func languages() {
    #expect(text(.test, locale: "zh-CN", languages: ["en"]).language.tag == "zh-CN")
    #expect(text(.test, languages: ["zh-TW", "en"]).language.tag == "zh-CN")
    #expect(text(.test, languages: ["tlh"]).language == .english)
    #expect(text(.test, locale: "xx", languages: ["zh"]).language.tag == "zh-CN")
  }

  @Test("what is left is said in the unit that people count in")
  func durations() {
    func left(_ seconds: TimeInterval) -> String {
      text(.apiKeyExpiring(name: "k", expiresAt: Self.now + seconds)).text
    }
    for (seconds, words) in [
      (-5.0, "1 minute"), (60, "1 minute"), (899, "15 minutes"), (3600, "1 hour"), (3601, "2 hours"),
      (86_400, "24 hours"), (6.5 * 86_400, "7 days"),
    ] {
      #expect(left(seconds).contains("in \(words)."), "\(seconds): \(left(seconds))")
    }
  }

  @Test("a name cannot become markup, nor the operator's colour a style")
  func hostile() {
    let html = MailLayout(logoURL: "https://x/\"><script>", accent: "red;background:url(//x)").html(
      text(.test, name: "<img src=x onerror=1>"), appName: "\"><b>")
    #expect(!html.contains("<img src=x") && !html.contains("<script>") && !html.contains("<b>"))
    #expect(!html.contains("url("))
  }

  @Test("the button takes the operator's colour, with text that reads on it")
  func accent() {
    let mail = text(Self.contents[0])
    #expect(MailLayout(accent: "#ffee00").html(mail, appName: "Home").contains("background:#ffee00;color:#0d0f15"))
    #expect(MailLayout(accent: "#102040").html(mail, appName: "Home").contains("background:#102040;color:#ffffff"))
    #expect(MailLayout(accent: "Teal").html(mail, appName: "Home").contains("background:#008080;color:#ffffff"))
    #expect(MailLayout(accent: "hsl(9 9% 9%)").html(mail, appName: "Home").contains("background:#94661c;color:#ffffff"))
  }

  @Test("a logo is loaded only where there is one")
  func logo() {
    #expect(!MailLayout().html(text(.test), appName: "Home").contains("<img"))
    let html = MailLayout(logoURL: "https://id.example.org/api/application-images/email").html(
      text(.test), appName: "Home")
    #expect(html.contains("<img src=\"https://id.example.org/api/application-images/email\" alt=\"Home\""))
  }
}
