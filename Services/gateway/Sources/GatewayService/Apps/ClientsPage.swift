package import Foundation

/// `/settings/admin/oidc-clients` — the apps that people sign in to.
package struct ClientsPage: Page {
  package static let template = "clients"
  let clients: [Row]
  let search: String
  let searching: Bool
  let empty: Bool
  let nothingFound: Bool
  let pager: Pager
  let atClients = true

  /// - Parameters:
  ///   - search: the list's search text; empty for all.
  package init(clients: [Row], search: String = "", pager: Pager) {
    self.clients = clients
    self.search = search
    self.pager = pager
    searching = !search.isEmpty
    empty = clients.isEmpty && search.isEmpty
    nothingFound = clients.isEmpty && !search.isEmpty
  }

  package struct Row: Sendable {
    let name: String
    let explanation: String?
    let initial: String
    let logoURL: String?
    let darkLogoURL: String?
    let url: String
    let address: String?
    let isPublic: Bool
    let created: PageTime?

    /// - Parameters:
    ///   - address: host of the launch URL or of the first callback URL.
    package init(
      id: String, name: String, description: String?, logoURL: String? = nil, darkLogoURL: String? = nil,
      address: String?, isPublic: Bool, createdAt: Date? = nil
    ) {
      self.name = name
      self.explanation = description.flatMap { $0.isEmpty ? nil : $0 }
      self.initial = Person.initial(of: name)
      self.logoURL = logoURL ?? darkLogoURL
      self.darkLogoURL = logoURL == nil ? nil : darkLogoURL
      self.url = ClientPage.url(id: id)
      self.address = address
      self.isPublic = isPublic
      self.created = createdAt.map(PageTime.init)
    }
  }
}
