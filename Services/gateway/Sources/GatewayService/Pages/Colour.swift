import Foundation
import LatchkeyProtocol

/// A colour in OKLCH: lightness 0…1, chroma, hue in degrees. Equal steps look equal, unlike those of plain RGB.
package struct Colour: Sendable, Equatable {
  package var lightness: Double
  package var chroma: Double
  package var hue: Double

  package init(lightness: Double, chroma: Double, hue: Double) {
    self.lightness = lightness
    self.chroma = chroma
    self.hue = hue
  }

  /// - Parameters: sRGB, each 0…1 (the matrices are those of CSS Color 4 §10).
  package init(red: Double, green: Double, blue: Double) {
    let (r, g, b) = (Self.linear(red), Self.linear(green), Self.linear(blue))
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    let a = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s
    let bb = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s
    lightness = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
    chroma = (a * a + bb * bb).squareRoot()
    let degrees = atan2(bb, a) * 180 / .pi
    hue = degrees < 0 ? degrees + 360 : degrees
  }

  /// Relative luminance of WCAG 2.2, of the nearest colour that an sRGB screen shows.
  package var luminance: Double {
    let radians = hue * .pi / 180
    let (a, b) = (chroma * cos(radians), chroma * sin(radians))
    let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
    let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
    let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
    let red = min(max(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s, 0), 1)
    let green = min(max(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s, 0), 1)
    let blue = min(max(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s, 0), 1)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }

  /// Contrast of WCAG 2.2: 1…21.
  package func contrast(with other: Colour) -> Double {
    let (one, two) = (luminance, other.luminance)
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)
  }

  /// This colour, made darker or lighter in small steps until the condition holds, or as far as it goes.
  func moved(by step: Double, until holds: (Colour) -> Bool) -> Colour {
    var colour = self
    while !holds(colour), (0...1).contains(colour.lightness + step) {
      colour.lightness += step
      // Very light and very dark colours hold little colour; without this they would be clipped to another hue.
      colour.chroma = min(colour.chroma, 0.4 * min(colour.lightness, 1 - colour.lightness) + 0.08)
    }
    return colour
  }

  var css: String {
    "oklch(\(Self.digits(lightness * 100, 1))% \(Self.digits(chroma, 3)) \(Self.digits(hue, 1)))"
  }

  private static func digits(_ value: Double, _ places: Int) -> String {
    let scale = pow(10, Double(places))
    return String((value * scale).rounded() / scale)
  }

  private static func linear(_ value: Double) -> Double {
    value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}

extension Colour {
  /// Reads `#rgb`, `#rrggbb`, `rgb()`, `hsl()` and `oklch()`; nil for anything else, so that an operator's text never
  /// reaches a stylesheet unparsed.
  package init?(css text: String) {
    let plain = text.lowercased().trimmingCharacters(in: .whitespaces)
    let text = CSSColours.hexadecimal(plain) ?? plain
    if text.hasPrefix("#") {
      self.init(hexadecimal: text.dropFirst())
      return
    }
    guard let open = text.firstIndex(of: "("), text.hasSuffix(")") else { return nil }
    let parts = text[text.index(after: open)...].dropLast()
      .split { $0 == "," || $0 == " " || $0 == "/" }.map(String.init)
    guard parts.count == 3 || parts.count == 4 else { return nil }
    switch text[..<open] {
    case "rgb", "rgba":
      guard let red = Self.number(parts[0], of: 255), let green = Self.number(parts[1], of: 255),
        let blue = Self.number(parts[2], of: 255)
      else { return nil }
      self.init(red: red, green: green, blue: blue)
    case "hsl", "hsla":
      guard let hue = Self.angle(parts[0]), let saturation = Self.number(parts[1], of: 100),
        let lightness = Self.number(parts[2], of: 100)
      else { return nil }
      self.init(hue: hue, saturation: saturation, lightness: lightness)
    case "oklch":
      guard let lightness = Self.number(parts[0], of: 1), let chroma = Double(parts[1]), (0...0.5).contains(chroma),
        let hue = Self.angle(parts[2])
      else { return nil }
      self.init(lightness: lightness, chroma: chroma, hue: hue)
    default: return nil
    }
  }

  private init?(hexadecimal digits: Substring) {
    let long = digits.count == 3 ? digits.map { "\($0)\($0)" }.joined() : String(digits)
    guard long.count == 6, long.allSatisfy(\.isHexDigit), let value = Int(long, radix: 16) else { return nil }
    self.init(
      red: Double(value >> 16) / 255, green: Double(value >> 8 & 255) / 255, blue: Double(value & 255) / 255)
  }

  private init(hue: Double, saturation: Double, lightness: Double) {
    // CSS Color 4 §7.1.
    func channel(_ n: Double) -> Double {
      let k = (n + hue / 30).truncatingRemainder(dividingBy: 12)
      return lightness - saturation * min(lightness, 1 - lightness) * max(-1, min(k - 3, 9 - k, 1))
    }
    self.init(red: channel(0), green: channel(8), blue: channel(4))
  }

  /// A number on a scale, or a percentage, as 0…1.
  private static func number(_ text: String, of scale: Double) -> Double? {
    let value = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text).map { $0 / scale }
    return value.flatMap { (0...1).contains($0) ? $0 : nil }
  }

  private static func angle(_ text: String) -> Double? {
    let digits = text.hasSuffix("deg") ? text.dropLast(3) : text[...]
    guard let value = Double(digits), value.isFinite, abs(value) <= 3600 else { return nil }
    let turned = value.truncatingRemainder(dividingBy: 360)
    return turned < 0 ? turned + 360 : turned
  }
}
