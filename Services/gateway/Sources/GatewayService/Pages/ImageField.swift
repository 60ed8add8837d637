/// An image to look at, to choose and to remove; drawn by `image-field.mustache`, driven by `images.js`.
///
/// Names begin with `image`, so that an absent one does not fall back to a name of the page around it.
package struct ImageField: Sendable {
  /// How the browser reduces a chosen file before it is sent: to no more than is kept.
  package enum Kind: String, Sendable {
    case profile, logo, icon, mail, background
  }

  let imageID: String
  let imageAPI: String
  let imageMethod: String
  let imageURL: String?
  let imageKind: String
  let imageAccept: String
  let imageLetter: String?
  let imageOnDark: Bool
  let imageOnLight: Bool

  /// - Parameters:
  ///   - api: where it is sent and deleted.
  ///   - method: `PUT` or `POST`.
  ///   - url: the current image; nil for none.
  ///   - letter: what stands in its place then; nil for a drawing of a picture.
  ///   - onDark: whether it is meant for dark surroundings, and so shown on them; nil shows it on the page's own
  ///     ground.
  package init(
    id: String, _ kind: Kind, api: String, method: String = "PUT", url: String?, letter: String? = nil,
    onDark: Bool? = nil
  ) {
    imageID = id
    imageAPI = api
    imageMethod = method
    imageURL = url
    imageKind = kind.rawValue
    imageLetter = letter
    imageOnDark = onDark == true
    imageOnLight = onDark == false
    let photographs = "image/png,image/jpeg,image/webp,image/gif"
    imageAccept =
      switch kind {
      case .logo: "\(photographs),image/svg+xml"
      case .icon: "\(photographs),image/svg+xml,image/x-icon,.ico"
      case .profile, .mail, .background: photographs
      }
  }
}
