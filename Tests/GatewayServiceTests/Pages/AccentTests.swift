import Foundation
import GatewayResources
import GatewayService
import Testing

@Suite("Colours")
struct AccentTests {
  @Test(
    "any accent is seen on both grounds, and what stands on it is read",
    arguments: [
      "#000", "#fff", "#ffff00", "#777777", "#3b82f6", "rgb(255 0 0)", "hsl(150, 100%, 50%)", "oklch(96.9% 0.18 110)",
      "oklch(12% 0.05 300)", "rgba(10, 20, 30, 0.5)",
    ] + Accent.offered.map(\.css))
  func readable(_ setting: String) throws {
    let colour = try #require(Colour(css: setting))
    for ground in [Accent.Ground.light, .dark] {
      let tones = Accent.Tones(colour, on: ground)
      for behind in ground.colours {
        #expect(tones.fill.contrast(with: behind) >= 3, "\(setting) \(ground)")
        #expect(tones.text.contrast(with: behind) >= 4.5, "\(setting) \(ground)")
      }
      #expect(tones.onFill.contrast(with: tones.fill) >= 4.5, "\(setting) \(ground)")
    }
  }

  @Test(
    "what is not a colour is not written into a stylesheet",
    arguments: [
      "default", "", "red;}body{display:none", "#12", "#ggg", "rgb(1,2)", "rgb(999 0 0)", "oklch(50% 9 1)", "url(x)",
      "rgb(nan 0 0)", "var(--x)",
    ])
  func refused(_ setting: String) {
    #expect(Accent(setting) == nil)
  }

  @Test("known colours are converted as CSS does")
  func conversion() throws {
    // Reference: CSS Color 4's sample code for #3b82f6 and white.
    let blue = try #require(Colour(css: "#3b82f6"))
    #expect(abs(blue.lightness - 0.623) < 0.002 && abs(blue.chroma - 0.188) < 0.002 && abs(blue.hue - 259.8) < 0.5)
    let white = try #require(Colour(css: "#ffffff"))
    let black = try #require(Colour(css: "#000000"))
    #expect(abs(white.contrast(with: black) - 21) < 0.01)
    #expect(try #require(Colour(css: "hsl(0 100% 50%)")).contrast(with: #require(Colour(css: "#f00"))) < 1.001)
  }

  @Test("the stylesheet's address follows the colour")
  func address() throws {
    #expect(try #require(Accent("#3b82f6")).url != #require(Accent("#3b82f7")).url)
    #expect(try #require(Accent("#3b82f6")).css.contains(":root[data-theme=dark]{--accent:oklch("))
  }

  /// The tokens of one theme, as app.css has them.
  func tokens(after marker: String) throws -> [String: Colour] {
    let css = String(decoding: try #require(GatewayResources.files["app.css"]), as: UTF8.self)
    let block = try #require(css.components(separatedBy: marker).dropFirst().first?.split(separator: "}").first)
    var tokens: [String: Colour] = [:]
    for line in block.split(separator: ";") {
      let parts = line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
      if parts.count == 2, let colour = Colour(css: parts[1]) { tokens[parts[0]] = colour }
    }
    return tokens
  }

  @Test(
    "text reaches 4.5:1 and controls 3:1 in both themes",
    arguments: [(":root {", Accent.Ground.light), (":root[data-theme=\"dark\"] {", .dark)])
  func contrast(marker: String, ground: Accent.Ground) throws {
    let all = try tokens(after: marker)
    func token(_ name: String) throws -> Colour { try #require(all["--\(name)"], "\(name)") }
    #expect(try ground.colours == [token("paper"), token("surface")])
    for behind in ground.colours {
      for text in ["ink", "muted", "accent-text", "danger-text", "good"] {
        #expect(try token(text).contrast(with: behind) >= 4.5, "\(text)")
      }
      for control in ["edge", "accent", "danger"] {
        #expect(try token(control).contrast(with: behind) >= 3, "\(control)")
      }
    }
    #expect(try token("on-accent").contrast(with: token("accent")) >= 4.5)
    #expect(try token("on-danger").contrast(with: token("danger")) >= 4.5)
  }

  @Test("the dark theme is one, whether chosen or the system's")
  func oneDark() throws {
    #expect(try tokens(after: ":root[data-theme=\"dark\"] {") == tokens(after: ":root:not([data-theme=\"light\"]) {"))
  }
}
