/// `/settings/admin/oidc-clients/new` — which app it is: a known one, or another.
package struct ChooseAppPage: Page {
  package static let template = "choose-app"
  let apps: [Choice]
  let search: String
  let nothingFound: Bool
  let atClients = true

  /// - Parameters:
  ///   - search: the list's search text; empty for all.
  ///   - category: gives a category's name in the reader's language.
  package init(apps: [KnownApp], search: String = "", category: (String) -> String) {
    self.apps = apps.map { Choice($0, category: category($0.category)) }
    self.search = search
    nothingFound = apps.isEmpty
  }

  package struct Choice: Sendable {
    let name: String
    let initial: String
    let category: String
    let url: String
    /// The text that the search looks in, in lower case.
    let find: String

    init(_ app: KnownApp, category: String) {
      name = app.name
      initial = Person.initial(of: app.name)
      self.category = category
      url = "/settings/admin/oidc-clients/new?app=\(app.id)"
      find = KnownApps.searched(app, category: category)
    }
  }
}
