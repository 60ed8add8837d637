package import Foundation

/// `/settings/apps` — what a person may open, and what they let each app see.
package struct MyAppsPage: Page {
  package static let template = "my-apps"
  let apps: [App]
  let search: String
  let several: Bool
  let empty: Bool
  let nothingFound: Bool
  let pager: Pager
  let atMyApps = true

  /// - Parameter search: the list's search text; empty for all.
  package init(apps: [App], search: String = "", pager: Pager) {
    self.apps = apps
    self.search = search
    self.pager = pager
    several = pager.several || !search.isEmpty
    empty = apps.isEmpty && search.isEmpty
    nothingFound = apps.isEmpty && !search.isEmpty
  }

  package struct App: Sendable {
    let name: String
    let explanation: String?
    let logoURL: String?
    let darkLogoURL: String?
    let initial: String
    let launchURL: String?
    let lastUsed: PageTime?
    /// Where its consent is revoked; nil if there is none.
    let consentURL: String?
    let agreed: Agreed?

    /// - Parameters:
    ///   - launchURL: anything but a web address is left out.
    ///   - scopes: what was agreed to; nil if nothing was.
    package init(
      id: String, name: String, description: String, logoURL: String? = nil, darkLogoURL: String? = nil,
      launchURL: String?, lastUsedAt: Date?, hasConsent: Bool, scopes: [String]? = nil
    ) {
      self.name = name
      explanation = description.isEmpty ? nil : description
      self.logoURL = logoURL ?? darkLogoURL
      self.darkLogoURL = logoURL == nil ? nil : darkLogoURL
      initial = Person.initial(of: name)
      self.launchURL = launchURL.flatMap { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil }
      lastUsed = lastUsedAt.map(PageTime.init)
      consentURL = hasConsent ? "/api/oidc/users/me/authorized-clients/\(ClientPage.pathID(id))" : nil
      agreed = scopes.map(Agreed.init)
    }
  }

  /// What a person let an app see.
  package struct Agreed: Sendable {
    let profile: Bool
    let email: Bool
    let groups: Bool
    /// Only that it is the same person.
    let little: Bool
    /// Also while the person is signed out.
    let staysSignedIn: Bool

    init(scopes: [String]) {
      profile = scopes.contains("profile")
      email = scopes.contains("email")
      groups = scopes.contains("groups")
      little = !profile && !email && !groups
      staysSignedIn = scopes.contains("offline_access")
    }
  }
}
