import Encodings

/// `/settings/admin/users` — every user with an account.
package struct UsersPage: Page {
  package static let template = "users"
  let people: [Row]
  let search: String
  let searching: Bool
  let nothingFound: Bool
  let alone: Bool
  let show: Show
  let order: Order
  let pager: Pager
  let atUsers = true

  package init(people: [Row], query: Query, total: Int, perPage: Int) {
    self.people = people
    search = query.search
    searching = !query.search.isEmpty
    nothingFound = people.isEmpty
    // The reader is always in it, so a list of one shows only the reader.
    alone = total == 1 && query == Query()
    show = Show(query)
    order = Order(query.order)
    pager = Pager(page: query.page, perPage: perPage, total: total) { query.url(page: $0) }
  }

  /// What the page's URL says: every part has a usual value, which the URL leaves out.
  package struct Query: Sendable, Equatable {
    package var search = ""
    package var show: Selection = .everyone
    package var order: SortOrder = .name
    package var page = 1

    package init() {}

    func url(page: Int = 1, show other: Selection? = nil) -> String {
      let show = other ?? show
      var fields: [String] = []
      if !search.isEmpty { fields.append("search=\(Percent.encode(search))") }
      if show != .everyone { fields.append("show=\(show.rawValue)") }
      if order != .name { fields.append("order=\(order.rawValue)") }
      if page > 1 { fields.append("page=\(page)") }
      return "/settings/admin/users" + (fields.isEmpty ? "" : "?" + fields.joined(separator: "&"))
    }
  }

  package enum Selection: String, Sendable {
    case everyone, administrators, disabled
  }

  package enum SortOrder: String, Sendable {
    case name, username, email, newest
  }

  struct Show: Sendable {
    let everyone: Bool
    let administrators: Bool
    let disabled: Bool
    let everyoneURL: String
    let administratorsURL: String
    let disabledURL: String
    /// What a search has to keep; nil for all users.
    let hidden: String?

    init(_ query: Query) {
      everyone = query.show == .everyone
      administrators = query.show == .administrators
      disabled = query.show == .disabled
      everyoneURL = query.url(show: .everyone)
      administratorsURL = query.url(show: .administrators)
      disabledURL = query.url(show: .disabled)
      hidden = query.show == .everyone ? nil : query.show.rawValue
    }
  }

  struct Order: Sendable {
    let byName: Bool
    let byUsername: Bool
    let byEmail: Bool
    let byNewest: Bool

    init(_ order: SortOrder) {
      byName = order == .name
      byUsername = order == .username
      byEmail = order == .email
      byNewest = order == .newest
    }
  }

  package struct Row: Sendable {
    let url: String
    let name: String
    let username: String
    let email: String?
    let initial: String
    let pictureURL: String?
    let isAdmin: Bool
    let disabled: Bool
    let isSelf: Bool

    package init(_ person: Person, disabled: Bool, isSelf: Bool) {
      url = UserPage.url(person.id)
      name = person.displayName
      username = person.username
      email = person.email
      initial = person.initial
      pictureURL = person.pictureURL
      isAdmin = person.isAdmin
      self.disabled = disabled
      self.isSelf = isSelf
    }
  }
}

/// `/settings/admin/users/new`
package struct NewUserPage: Page {
  package static let template = "new-user"
  let profile = AccountPage.Profile(username: "", email: nil, firstName: "", lastName: nil, displayName: "")
  let emailRequired: Bool
  let emailVerified = false
  let isAdmin = false
  let isSelf = false
  /// The form is about another person: the browser must not autofill the reader's own data.
  let another = true
  let atUsers = true

  package init(emailRequired: Bool) { self.emailRequired = emailRequired }
}

/// `/settings/admin/users/:id`
package struct UserPage: Page {
  package static let template = "user"
  let userID: String
  let apiURL: String
  let name: String
  let username: String
  let initial: String
  let pictureURL: String?
  let profile: AccountPage.Profile
  let emailRequired: Bool
  let emailVerified: Bool
  let isAdmin: Bool
  let disabled: Bool
  let isSelf: Bool
  let another = true
  let mailsLinks: String?
  let groups: [Group]
  let noGroup: Bool
  let passkeys: [AccountPage.Passkey]
  let noPasskey: Bool
  let sessions: [AccountPage.Session]
  let noSession: Bool
  let claimsEditor: ClaimsEditor
  let atUsers = true

  /// - Parameters:
  ///   - mailsLinks: whether one-time links may be sent by mail.
  package init(
    _ person: Person, profile: AccountPage.Profile, emailVerified: Bool, disabled: Bool, isSelf: Bool,
    emailRequired: Bool, mailsLinks: Bool, groups: [Group], passkeys: [AccountPage.Passkey],
    sessions: [AccountPage.Session], claims: [(key: String, value: String)]
  ) {
    userID = person.id
    apiURL = "/api/users/\(person.id)"
    name = person.displayName
    username = person.username
    initial = person.initial
    pictureURL = person.pictureURL
    self.profile = profile
    self.emailRequired = emailRequired
    self.emailVerified = emailVerified
    isAdmin = person.isAdmin
    self.disabled = disabled
    self.isSelf = isSelf
    self.mailsLinks = mailsLinks ? person.email : nil
    self.groups = groups
    noGroup = groups.isEmpty
    self.passkeys = passkeys
    noPasskey = passkeys.isEmpty
    self.sessions = sessions
    noSession = sessions.isEmpty
    claimsEditor = .of(user: person.id, claims)
  }

  static func url(_ id: String) -> String { "/settings/admin/users/\(id)" }

  package struct Group: Sendable {
    let groupID: String
    let groupName: String
    let friendlyName: String

    package init(id: String, name: String, friendlyName: String) {
      groupID = id
      groupName = name
      self.friendlyName = friendlyName
    }
  }
}
