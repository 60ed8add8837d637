// Pages/ owns what all pages share, and how a page is made: one struct per page (all that its template can know), the
// templates' compilation, the words in every language, the look (accent colour, static files) and the escaping of all
// user input. It must not know HTTP, routes, cookies' names, services' messages or the database: initialisers take
// plain values, so that both a route and a test can fill them in.

package import LatchkeyWords

/// One page. A conforming struct's stored properties are what its template sees; nothing else reaches it.
///
/// Optional properties that are `nil` are absent to the template. An empty string is present: use `nil` for "none".
package protocol Page: Sendable {
  /// The template's file name, without extension.
  static var template: String { get }

  /// Values that depend on the reader's language, by the names the template uses.
  func worded(_ words: Words) -> [String: String]
}

extension Page {
  package func worded(_ words: Words) -> [String: String] { [:] }
}

/// What every page carries around its own content.
package struct PageFrame: Sendable {
  /// The language that the page is written in.
  package var language: Language
  /// Light, dark, or what the reader's system says.
  package var theme: PageTheme
  /// The name and look that the operator chose.
  package var instance: Instance
  /// Who is signed in, for pages inside the shell; nil outside.
  package var viewer: Person?

  package init(language: Language, theme: PageTheme = .system, instance: Instance, viewer: Person? = nil) {
    self.language = language
    self.theme = theme
    self.instance = instance
    self.viewer = viewer
  }
}

/// The reader's choice of theme, kept in the cookie `theme` so that the server sets it before anything is painted.
package enum PageTheme: String, Sendable, CaseIterable {
  case system, light, dark

  /// - Parameter cookie: the value of the cookie `theme`; anything unknown counts as `system`.
  package init(cookie: String?) {
    self = cookie.flatMap(PageTheme.init(rawValue:)) ?? .system
  }
}

/// How this installation presents itself.
package struct Instance: Sendable {
  package var name: String
  /// The origin at which browsers must open it: passkeys and the API work nowhere else. Nil if it is not given.
  package var address: String?
  /// The operator's own logo; nil shows Latchkey's mark. One URL per theme, the dark one falling back to the light one.
  package var logoURL: String?
  package var darkLogoURL: String?
  /// The operator's own icon for browser tabs; nil shows Latchkey's.
  package var faviconURL: String?
  /// A picture behind the sign-in page; nil for plain paper.
  package var backgroundURL: String?
  /// The operator's accent colour; nil keeps the stylesheet's brass.
  package var accent: Accent?
  /// False when the operator turned motion off.
  package var animations: Bool

  package init(
    name: String, address: String? = nil, logoURL: String? = nil, darkLogoURL: String? = nil, faviconURL: String? = nil,
    backgroundURL: String? = nil, accent: Accent? = nil, animations: Bool = true
  ) {
    self.name = name
    self.address = address
    // If only a dark logo is set, it serves both.
    self.logoURL = logoURL ?? darkLogoURL
    self.darkLogoURL = logoURL == nil ? nil : darkLogoURL
    self.faviconURL = faviconURL
    self.backgroundURL = backgroundURL
    self.accent = accent
    self.animations = animations
  }
}

/// A person as pages name them.
package struct Person: Sendable {
  package let id: String
  package let displayName: String
  package let username: String
  package let email: String?
  package let pictureURL: String?
  package let isAdmin: Bool
  let initial: String

  /// - Parameters:
  ///   - displayName: shown first; when empty, the user name takes its place.
  ///   - pictureURL: nil draws the first letter of the name.
  package init(
    id: String, displayName: String, username: String, email: String? = nil, pictureURL: String? = nil,
    isAdmin: Bool = false
  ) {
    self.id = id
    self.displayName = displayName.isEmpty ? username : displayName
    self.username = username
    self.email = email
    self.pictureURL = pictureURL
    self.isAdmin = isAdmin
    self.initial = Self.initial(of: self.displayName)
  }

  /// The first letter or digit of a name, in upper case; "?" for a name without any.
  static func initial(of name: String) -> String {
    guard let letter = name.first(where: { $0.isLetter || $0.isNumber }) else { return "?" }
    // A letter may carry any number of combining marks: a picture of one letter uses the letter alone.
    return String(letter.unicodeScalars.prefix(1).map(Character.init)).uppercased()
  }
}

/// An app, as shown to the person whom it sends here.
package struct AppSummary: Sendable {
  package let name: String
  package let logoURL: String?
  package let darkLogoURL: String?
  /// The host that the person returns to, such as `grafana.example.com`: names can lie, this cannot.
  package let address: String?
  let initial: String

  package init(name: String, logoURL: String? = nil, darkLogoURL: String? = nil, address: String? = nil) {
    self.name = name
    self.logoURL = logoURL ?? darkLogoURL
    self.darkLogoURL = logoURL == nil ? nil : darkLogoURL
    self.address = address
    self.initial = Person.initial(of: name)
  }
}
