import LatchkeyProtocol

/// The part "Look" of the settings page (`settings-look.mustache`, `look.js`): accent colour and images.
package struct LookSection: Sendable {
  /// One of the offered accent colours.
  package struct Choice: Sendable {
    let accentName: String
    let accentValue: String
    let accentChosen: Bool
  }

  let accents: [Choice]
  /// The chosen colour, if it is not one of those offered.
  let accentOwn: String?
  let lookIsFixed: Bool
  let logoLight: ImageField
  let logoDark: ImageField
  let favicon: ImageField
  let background: ImageField
  let mail: ImageField
  let defaultPicture: ImageField

  /// - Parameters:
  ///   - accent: the setting `accentColor`.
  ///   - images: versions of the operator's images by name, as in `Auth.Appearance`.
  ///   - isFixed: the environment controls the settings; images are not among them.
  package init(accent: String, images: [String: String], isFixed: Bool = false) {
    let isDefault = accent.isEmpty || accent.lowercased() == "default"
    let chosen = Accent.offered.first { $0.css == accent }
    accents =
      [Choice(accentName: "default", accentValue: "default", accentChosen: isDefault)]
      + Accent.offered.map {
        Choice(accentName: $0.name, accentValue: $0.css, accentChosen: $0.name == chosen?.name)
      }
    accentOwn = isDefault || chosen != nil ? nil : accent
    lookIsFixed = isFixed
    func field(
      _ image: ApplicationImage, _ kind: ImageField.Kind, onDark: Bool? = nil
    ) -> ImageField {
      let api =
        switch image {
        case .logoLight: "/api/application-images/logo?light=true"
        case .logoDark: "/api/application-images/logo?light=false"
        default: "/api/application-images/\(image.rawValue)"
        }
      return ImageField(
        id: image.rawValue, kind, api: api, url: images[image.name].map { ImageAddress.of(image, version: $0) },
        onDark: onDark)
    }
    logoLight = field(.logoLight, .logo, onDark: false)
    logoDark = field(.logoDark, .logo, onDark: true)
    favicon = field(.favicon, .icon)
    background = field(.background, .background)
    mail = field(.email, .mail)
    defaultPicture = field(.defaultProfilePicture, .profile)
  }
}

extension Accent {
  /// The colours that are offered by name. ``Tones`` decides what they become on light and dark ground.
  package static let offered: [(name: String, css: String)] = [
    ("rose", "oklch(0.63 0.21 15)"), ("orange", "oklch(0.68 0.18 47)"), ("amber", "oklch(0.75 0.16 75)"),
    ("green", "oklch(0.65 0.17 148)"), ("teal", "oklch(0.65 0.11 190)"), ("blue", "oklch(0.6 0.18 255)"),
    ("purple", "oklch(0.6 0.2 300)"),
  ]
}
