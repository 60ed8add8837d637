import Foundation
import GatewayService
import LatchkeyWords
import Testing

@Suite("The look section")
struct LookTests {
  private struct Alone: Page {
    static let template = "settings-look"
    let look: LookSection
  }

  private func html(_ look: LookSection, _ language: Language = .english) throws -> String {
    try PageRenderingTests.renderer.get().render(
      Alone(look: look), in: PageFrame(language: language, instance: Instance(name: "Latchkey")))
  }

  private func chosen(_ page: String) -> [String] {
    page.components(separatedBy: "type=\"radio\"").dropFirst()
      .filter { $0.prefix { $0 != ">" }.contains(" checked") }
      .compactMap { $0.components(separatedBy: "value=\"").dropFirst().first.map { String($0.prefix { $0 != "\"" }) } }
  }

  @Test("it is whole in every language, with and without images", arguments: Language.all)
  func whole(_ language: Language) throws {
    let version = "9f86d081884c7d65"
    for images in [[:], ["application/logo-light": version, "application/background": version]] {
      let page = try html(LookSection(accent: "default", images: images), language)
      #expect(!page.contains("{{") && !page.contains("[[") && unbalanced(page) == [])
      #expect(page.contains("/api/application-images/logo?v=\(version)") == !images.isEmpty)
      #expect(page.components(separatedBy: "data-remove-image").count - 1 == images.count)
      #expect(page.components(separatedBy: "data-choose-image").count - 1 == 6)
    }
  }

  @Test("one colour is chosen: the default, one that is offered, or the operator's own")
  func accent() throws {
    #expect(chosen(try html(LookSection(accent: "default", images: [:]))) == ["default"])
    #expect(chosen(try html(LookSection(accent: "", images: [:]))) == ["default"])
    for offered in Accent.offered {
      #expect(chosen(try html(LookSection(accent: offered.css, images: [:]))) == [offered.css])
      #expect(Accent(offered.css) != nil)
    }
    let own = try html(LookSection(accent: "#a5701f", images: [:]))
    #expect(chosen(own) == [""] && own.contains("value=\"#a5701f\""))
  }

  @Test("where the environment decides, the colour is shown and not to be changed; images are")
  func fixed() throws {
    let page = try html(LookSection(accent: "default", images: [:], isFixed: true))
    #expect(page.contains("<fieldset class=\"accents\" disabled>"))
    #expect(page.contains("data-choose-image"))
  }

  @Test("a setting that holds markup stays text")
  func hostile() throws {
    let page = try html(LookSection(accent: PageSamples.hostile, images: [:]))
    #expect(!page.contains("<script>") && unbalanced(page) == [] && forbiddenAttributes(page) == [])
  }
}
