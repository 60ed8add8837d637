import Foundation
import GatewayResources
import GatewayService
import LatchkeyProtocol
import LatchkeyWords
import Testing

@Suite("Pages are rendered")
struct PageRenderingTests {
  static let renderer = Result { try PageRenderer() }
  let renderer: PageRenderer

  init() throws { renderer = try Self.renderer.get() }

  func html(_ sample: PageSamples.Sample, _ language: Language = .english, name: String = "Latchkey") -> String {
    let frame = PageFrame(language: language, instance: Instance(name: name), viewer: sample.viewer)
    return render(sample.page, frame)
  }

  private func render(_ page: some Page, _ frame: PageFrame) -> String { renderer.render(page, in: frame) }

  @Test("every page is whole, in every language", arguments: Language.all)
  func whole(_ language: Language) {
    for sample in PageSamples.ordinary + PageSamples.errors {
      let page = html(sample, language)
      #expect(page.hasPrefix("<!doctype html>"), "\(sample.name)")
      #expect(page.hasSuffix("</html>") || page.hasSuffix("</html>\n"), "\(sample.name)")
      #expect(page.contains("<html lang=\"\(language.tag)\" data-theme=\"system\""), "\(sample.name)")
      #expect(page.contains("<h1>") && page.contains("<main"), "\(sample.name)")
      #expect(!page.contains("{{") && !page.contains("[["), "\(sample.name) shows a tag")
      #expect(unbalanced(page) == [], "\(sample.name)")
    }
  }

  private let doubleQuote = "\"\u{301}"
  private let singleQuote = "'\u{301}"

  @Test("what strangers type is text, never markup")
  func hostile() {
    for sample in PageSamples.filled(with: PageSamples.hostile) {
      let page = html(sample, name: PageSamples.hostile)
      #expect(!page.contains("<script>"), "\(sample.name)")
      // By scalars: to Swift a quotation mark with an accent on it is another character, to a browser it is not.
      for end in [doubleQuote, singleQuote] {
        let escapes = page.unicodeScalars.contains(sequence: end)
        #expect(!escapes, "\(sample.name) lets an attribute be closed")
      }
      #expect(forbiddenAttributes(page) == [], "\(sample.name)")
      #expect(unbalanced(page) == [], "\(sample.name)")
    }
  }

  @Test("long and right-to-left names change no markup", arguments: [PageSamples.rightToLeft, PageSamples.long])
  func unusual(_ text: String) {
    for sample in PageSamples.filled(with: text) {
      let page = html(sample, name: text)
      #expect(unbalanced(page) == [], "\(sample.name)")
    }
  }

  @Test("a name is isolated from the sentence around it")
  func isolated() {
    let page = html(
      PageSamples.Sample("", SignInPage(app: AppSummary(name: PageSamples.rightToLeft), interaction: "i")))
    #expect(page.contains("to continue to <bdi>عائلة"))
  }

  @Test("no page has anything that a strict content security policy refuses")
  func policy() {
    for sample in PageSamples.ordinary + PageSamples.errors {
      let page = html(sample)
      #expect(forbiddenAttributes(page) == [], "\(sample.name)")
      #expect(!page.contains("<style"), "\(sample.name)")
      for script in page.components(separatedBy: "<script").dropFirst() {
        #expect(script.hasPrefix(" type=\"module\" src=\"/static/"), "\(sample.name) has a script of its own")
        #expect(script.contains("\"></script>"), "\(sample.name) has a script with a body")
      }
      for address in addresses(page) {
        #expect(
          address.hasPrefix("/") || address == "#main" || address.isEmpty || address.hasPrefix("https://"),
          "\(sample.name): \(address)")
      }
    }
  }

  @Test("the first paint of every page takes less than 30 KB once compressed, the stylesheet included")
  func budget() throws {
    let css = try #require(renderer.assets.file("app.css")).bytes.count
    // The stylesheet and the pages compress to a quarter or less: 9 KB and 9 KB at these bounds.
    #expect(css < 36_000)
    for sample in PageSamples.ordinary where !["clients-many", "choose-app"].contains(sample.name) {
      #expect(html(sample).utf8.count < 36_000, "\(sample.name): \(html(sample).utf8.count)")
    }
    let signIn = html(PageSamples.Sample("", SignInPage())).utf8.count
    #expect(signIn < 8_000, "\(signIn)")
  }

  @Test("every control has a name, every label a control, every id is used once")
  func named() {
    for sample in PageSamples.ordinary + PageSamples.errors {
      let page = html(sample)
      let ids = attributes("id", page)
      let unique = Set(ids)
      // Language and theme stand once in the page; the rail is the only place of the shell that has them.
      #expect(ids.count == unique.count, "\(sample.name): \(ids)")
      for attribute in ["for", "aria-labelledby", "aria-describedby", "popovertarget"] {
        for value in attributes(attribute, page) {
          for id in value.split(separator: " ") {
            #expect(unique.contains(String(id)), "\(sample.name): \(attribute)=\(id) points nowhere")
          }
        }
      }
      for tag in tags("input", page) + tags("textarea", page)
      where !tag.contains("type=\"hidden\"") && !tag.contains("type=\"checkbox\"") && !tag.contains("name=\"name\"") {
        let id = attributes("id", tag).first ?? ""
        #expect(attributes("for", page).contains(id), "\(sample.name): \(tag)")
      }
    }
  }

  @Test("a page says whose theme it is before any script runs", arguments: PageTheme.allCases)
  func theme(_ theme: PageTheme) {
    let frame = PageFrame(language: .english, theme: theme, instance: Instance(name: "Latchkey"))
    let page = renderer.render(SignInPage(), in: frame)
    #expect(page.contains("data-theme=\"\(theme.rawValue)\""))
    #expect(page.contains("data-theme-choice=\"\(theme.rawValue)\" aria-checked=\"true\""))
  }

  @Test("an accent adds one stylesheet, and nothing inline")
  func accented() throws {
    let accent = try #require(Accent("#3b82f6"))
    let frame = PageFrame(language: .english, instance: Instance(name: "Latchkey", accent: accent))
    let page = renderer.render(SignInPage(), in: frame)
    #expect(page.contains("<link rel=\"stylesheet\" href=\"\(accent.url)\">"))
  }

  @Test("the operator's logo stands in the mark's place, each on its own ground")
  func logo() {
    let instance = Instance(name: "Home", logoURL: "/light.png", darkLogoURL: "/dark.png")
    let page = renderer.render(SignInPage(), in: PageFrame(language: .english, instance: instance))
    #expect(page.contains("<img class=\"logo light-only\" src=\"/light.png\" alt=\"\">"))
    #expect(page.contains("<img class=\"logo dark-only\" src=\"/dark.png\" alt=\"\">"))
    #expect(!page.contains("icon-mark"))
  }

  @Test("administration is offered to administrators only")
  func administration() {
    #expect(
      html(PageSamples.Sample("", PageSamples.account(passkeys: 1, sessions: 1), viewer: PageSamples.ada))
        .contains("href=\"/settings/admin/oidc-clients\""))
    #expect(
      !html(PageSamples.Sample("", PageSamples.account(passkeys: 1, sessions: 1), viewer: PageSamples.member))
        .contains("oidc-clients"))
  }

  @Test("the way to the login code keeps where the person was going")
  func codeURL() {
    #expect(
      html(PageSamples.Sample("", SignInPage(interaction: "a b&c"))).contains(
        "href=\"/login/alternative?interaction=a%20b%26c\""))
    #expect(
      html(PageSamples.Sample("", SignInPage(next: "/settings/account"))).contains(
        "/login/alternative?redirect=%2Fsettings%2Faccount")
    )
    #expect(html(PageSamples.Sample("", SignInPage())).contains("href=\"/login/alternative\""))
  }

  @Test("a client id that is no path segment travels encoded")
  func clientID() {
    let plain = html(PageSamples.Sample("", PageSamples.client(secrets: 0), viewer: PageSamples.ada))
    #expect(plain.contains("data-client=\"/api/oidc/clients/0b8f2c1e-6a54-4d0a-9a53-5d2f3b1c7e90\""))
    let form = EmptyForm.form
    let page = ClientPage(
      id: "https://a.example/?x", form: form, endpoints: .init(appURL: "https://id.example.com"), secrets: [])
    #expect(
      html(PageSamples.Sample("", page, viewer: PageSamples.ada))
        .contains("data-client=\"/api/oidc/clients/~aHR0cHM6Ly9hLmV4YW1wbGUvP3g\""))
  }
}

enum EmptyForm {
  static let form = ClientForm(Admin.ClientSettings(name: "A", callbackURLs: []) { $0.isPublic = true })
}
