import Encodings
import LatchkeyProtocol

/// Pages about people, for administrators. The caller and the data that they ask for are fetched concurrently.
enum UserPageRoutes {
  private static let path = "/settings/admin/users"
  private static let perPage = 20

  static let all: [Route] = [
    Route(.get, path, .page, [.settings]) { exchange in
      guard exchange.call.caller.session != nil else { return exchange.toSignIn() }
      let query = UsersPage.Query(try exchange.query())
      async let asking = exchange.viewer()
      async let answer = exchange.services.admin.send(query.message(perPage: perPage), exchange.call)
      guard let viewer = try await asking else { return exchange.toSignIn() }
      switch try await answer {
      case .users(let users):
        let rows = users.items.map { user in
          UsersPage.Row(Person(user), disabled: user.disabled, isSelf: user.id == viewer.id)
        }
        let page = UsersPage(people: rows, query: query, total: users.total, perPage: perPage)
        return exchange.page(page, viewer: viewer)
      case .denied(let denial): return try exchange.denied(denial)
      }
    },
    Route(.get, "\(path)/new", .page, [.settings]) { exchange in
      guard let viewer = try await exchange.viewer() else { return exchange.toSignIn() }
      guard viewer.isAdmin else { return exchange.errorPage(.forbidden) }
      let settings = exchange.site.appearance.last.settings
      return exchange.page(NewUserPage(emailRequired: settings.requireUserEmail), viewer: viewer)
    },
    Route(.get, "\(path)/:id", .page, [.settings]) { exchange in
      guard exchange.call.caller.session != nil else { return exchange.toSignIn() }
      let (id, call): (UserID, Call) = (try exchange.identifier("id"), exchange.call)
      let (auth, admin) = (exchange.services.auth, exchange.services.admin)
      async let asking = exchange.viewer()
      async let found = admin.send(Admin.GetUser(id: id), call)
      async let own = auth.send(Auth.ListPasskeysOf(user: id), call)
      async let live = auth.send(Auth.ListSessionsOf(user: id), call)
      guard let viewer = try await asking else { return exchange.toSignIn() }
      switch (try await found, try await own, try await live) {
      case (.user(let user), .passkeys(let passkeys), .sessions(let sessions)):
        return exchange.page(detail(user, passkeys, sessions, viewer, exchange), viewer: viewer)
      case (.denied(let denial), _, _): return try exchange.denied(denial)
      default: return exchange.errorPage(.notFound)
      }
    },
  ]

  private static func detail(
    _ user: User, _ passkeys: [Auth.Passkey], _ sessions: [Auth.Session], _ viewer: User, _ exchange: Exchange
  ) -> UserPage {
    let settings = exchange.site.appearance.last.settings
    return UserPage(
      Person(user),
      profile: AccountPage.Profile(
        username: user.username, email: user.email, firstName: user.firstName, lastName: user.lastName,
        displayName: user.displayName),
      emailVerified: user.emailVerified, disabled: user.disabled, isSelf: user.id == viewer.id,
      emailRequired: settings.requireUserEmail, mailsLinks: settings.emailOneTimeAccessByAdmin,
      groups: (user.groups ?? []).map {
        UserPage.Group(id: "\($0.id)", name: $0.name, friendlyName: $0.friendlyName)
      },
      passkeys: passkeys.map { AccountPage.Passkey($0) },
      sessions: sessions.map { AccountPage.Session($0, current: false) },
      claims: (user.customClaims ?? []).map { ($0.key, $0.value) })
  }
}

extension UsersPage.Query {
  /// From the URL; unreadable values become the usual ones, since people edit URLs.
  init(_ fields: [FormField]) {
    func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    self.init()
    search = (value("search") ?? "").prefix(bytes: Admin.ListBounds.longestSearch)
    show = value("show").flatMap(UsersPage.Selection.init) ?? .everyone
    order = value("order").flatMap(UsersPage.SortOrder.init) ?? .name
    page = min(max(value("page").flatMap { Int($0) } ?? 1, 1), 1_000_000)
  }

  func message(perPage: Int) -> Admin.ListUsers {
    let column =
      switch order {
      case .name: "displayName"
      case .username: "username"
      case .email: "email"
      case .newest: "createdAt"
      }
    let filter =
      switch show {
      case .everyone: Admin.UserFilter()
      case .administrators: Admin.UserFilter(isAdmin: true)
      case .disabled: Admin.UserFilter(disabled: true)
      }
    return Admin.ListUsers(
      page: Admin.PageRequest(
        page: page, limit: perPage, search: search.isEmpty ? nil : search, sortColumn: column,
        descending: order == .newest),
      filter: filter)
  }
}
