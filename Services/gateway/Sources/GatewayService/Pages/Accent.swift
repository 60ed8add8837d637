import Foundation

/// The operator's accent colour, made to work: readable on both themes whatever was chosen.
///
/// Served as `/static/theme.css` (a page may not carry inline styles). If a colour is too pale or too dark to be seen
/// as a control (3:1) or read as text (4.5:1), its lightness changes and its hue stays.
package struct Accent: Sendable, Equatable {
  /// The stylesheet to answer `/static/theme.css` with, `text/css`.
  package let css: String
  /// Its address, with a version that changes with the colour.
  package let url: String

  /// - Parameter setting: the setting `accentColor`: a CSS colour; the result is nil for `default` and for anything
  ///   that is not a colour.
  package init?(_ setting: String) {
    guard let colour = Colour(css: setting) else { return nil }
    let light = Tones(colour, on: .light)
    let dark = Tones(colour, on: .dark)
    css = """
      :root{\(light.css)}
      @media (prefers-color-scheme:dark){:root:not([data-theme=light]){\(dark.css)}}
      :root[data-theme=dark]{\(dark.css)}

      """
    let name = [colour.lightness, colour.chroma, colour.hue].map { String(Int(($0 * 1000).rounded())) }
    url = "/static/theme.css?v=\(name.joined(separator: "-"))"
  }

  /// What an accent is seen against.
  package enum Ground: Sendable {
    case light, dark

    /// `--paper` and `--surface` of app.css, the two that text stands on, and the tint under chosen things.
    package var colours: [Colour] {
      switch self {
      case .light:
        [Colour(lightness: 0.985, chroma: 0.004, hue: 85), Colour(lightness: 1, chroma: 0, hue: 0)]
      case .dark:
        [Colour(lightness: 0.17, chroma: 0.012, hue: 265), Colour(lightness: 0.21, chroma: 0.014, hue: 265)]
      }
    }

    /// Away from the ground: darker on light, lighter on dark.
    var step: Double { self == .light ? -0.005 : 0.005 }
  }

  /// The accent's uses on one ground.
  package struct Tones: Sendable {
    /// Fills of buttons and chosen controls, and the focus ring.
    package let fill: Colour
    /// Text and icons on the fill.
    package let onFill: Colour
    /// Links and other text in the accent's colour.
    package let text: Colour

    package init(_ colour: Colour, on ground: Ground) {
      let white = Colour(lightness: 1, chroma: 0, hue: 0)
      let ink = Colour(lightness: 0.17, chroma: 0.012, hue: 265)
      fill = colour.moved(by: ground.step) { candidate in
        ground.colours.allSatisfy { candidate.contrast(with: $0) >= 3 }
          && max(candidate.contrast(with: white), candidate.contrast(with: ink)) >= 4.6
      }
      onFill = fill.contrast(with: white) >= fill.contrast(with: ink) ? white : ink
      // The margin allows for the tint that such text may stand on.
      text = fill.moved(by: ground.step) { candidate in
        ground.colours.allSatisfy { candidate.contrast(with: $0) >= 5.2 }
      }
    }

    var css: String { "--accent:\(fill.css);--on-accent:\(onFill.css);--accent-text:\(text.css)" }
  }
}
