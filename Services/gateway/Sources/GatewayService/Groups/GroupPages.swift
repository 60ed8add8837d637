/// `/settings/admin/user-groups`
package struct GroupsPage: Page {
  package static let template = "groups"
  let groups: [Row]
  let search: String
  let empty: Bool
  let nothingFound: Bool
  let pager: Pager
  let atGroups = true

  /// - Parameter search: the list's search text; empty for all.
  package init(groups: [Row], search: String = "", pager: Pager) {
    self.groups = groups
    self.search = search
    self.pager = pager
    empty = groups.isEmpty && search.isEmpty
    nothingFound = groups.isEmpty && !search.isEmpty
  }

  package struct Row: Sendable {
    let name: String
    let friendlyName: String
    let url: String
    let userCount: Int
    let onePerson: Bool

    package init(id: String, name: String, friendlyName: String, userCount: Int) {
      self.name = name
      self.friendlyName = friendlyName
      self.userCount = userCount
      url = GroupPage.url(id: id)
      onePerson = userCount == 1
    }
  }
}

/// `/settings/admin/user-groups/:id`
package struct GroupPage: Page {
  package static let template = "group"
  let apiURL: String
  let pageURL: String
  let name: String
  let friendlyName: String
  let userCount: Int
  let members: [Member]
  let noMembers: Bool
  let search: String
  let nothingFound: Bool
  let several: Bool
  let pager: Pager
  let claimsEditor: ClaimsEditor
  let apps: [App]
  let noApps: Bool
  let atGroups = true

  /// - Parameters:
  ///   - members: one page of them.
  ///   - search: the members' search text; empty for all.
  ///   - pager: of the members.
  package init(
    id: String, name: String, friendlyName: String, userCount: Int, members: [Member], search: String = "",
    pager: Pager, claims: ClaimsEditor, apps: [App]
  ) {
    apiURL = "/api/user-groups/\(id)"
    pageURL = Self.url(id: id)
    self.name = name
    self.friendlyName = friendlyName
    self.userCount = userCount
    self.members = members
    self.search = search
    self.pager = pager
    claimsEditor = claims
    self.apps = apps
    noApps = apps.isEmpty
    noMembers = members.isEmpty && search.isEmpty
    nothingFound = members.isEmpty && !search.isEmpty
    several = userCount > 20
  }

  static func url(id: String) -> String { "/settings/admin/user-groups/\(id)" }

  package struct Member: Sendable {
    let userID: String
    let person: Person
    let displayName: String
    let url: String
    let disabled: Bool

    package init(_ person: Person, disabled: Bool) {
      userID = person.id
      self.person = person
      displayName = person.displayName
      url = "/settings/admin/users/\(person.id)"
      self.disabled = disabled
    }
  }

  package struct App: Sendable {
    let appID: String
    let name: String
    let explanation: String?
    let logoURL: String?
    let darkLogoURL: String?
    let initial: String
    let url: String

    package init(id: String, name: String, description: String, logoURL: String? = nil, darkLogoURL: String? = nil) {
      appID = id
      self.name = name
      explanation = description.isEmpty ? nil : description
      self.logoURL = logoURL ?? darkLogoURL
      self.darkLogoURL = logoURL == nil ? nil : darkLogoURL
      initial = Person.initial(of: name)
      url = ClientPage.url(id: id)
    }
  }
}
