import Encodings
import LatchkeyProtocol

/// Pages about groups.
enum GroupPageRoutes {
  private static let path = "/settings/admin/user-groups"

  static let all: [Route] = [
    Route(.get, path, .page, [.settings]) { exchange in
      let request = try Admin.PageRequest(exchange.query())
      return try await exchange.forAdministrators { exchange in
        try await exchange.services.admin.send(Admin.ListGroups(page: request), exchange.call)
      } page: { answer, viewer in
        switch answer {
        case .groups(let groups): return exchange.page(list(groups, request.search), viewer: viewer)
        case .denied(let denial): return try exchange.denied(denial)
        }
      }
    },
    Route(.get, "\(path)/:id", .page, [.settings]) { exchange in
      let id: GroupID = try exchange.identifier("id")
      let request = try Admin.PageRequest(exchange.query())
      return try await exchange.forAdministrators { exchange in
        async let group = exchange.services.admin.send(Admin.GetGroup(id: id, withUsers: false), exchange.call)
        async let members = exchange.services.admin.send(
          Admin.ListMembers(id: id, members: true, page: request), exchange.call)
        return (try await group, try await members)
      } page: { answer, viewer in
        switch answer {
        case (.group(let group), .users(let users)):
          return exchange.page(detail(group, users, request.search), viewer: viewer)
        case (.denied(let denial), _), (_, .denied(let denial)):
          return try exchange.denied(denial)
        case (.notFound, _), (_, .notFound): return exchange.errorPage(.notFound)
        }
      }
    },
  ]

  private static func list(_ groups: Admin.Page<Admin.Group>, _ search: String?) -> GroupsPage {
    GroupsPage(
      groups: groups.items.map { group in
        GroupsPage.Row(
          id: "\(group.id)", name: group.name, friendlyName: group.friendlyName, userCount: group.userCount)
      }, search: search ?? "", pager: Pager(groups, at: path, search))
  }

  private static func detail(
    _ detail: Admin.GroupDetail, _ users: Admin.Page<User>, _ search: String?
  ) -> GroupPage {
    let group = detail.group
    return GroupPage(
      id: "\(group.id)", name: group.name, friendlyName: group.friendlyName, userCount: group.userCount,
      members: users.items.map { GroupPage.Member(Person($0), disabled: $0.disabled) }, search: search ?? "",
      pager: Pager(users, at: GroupPage.url(id: "\(group.id)"), search),
      claims: .of(group: "\(group.id)", group.customClaims.map { (key: $0.key, value: $0.value) }),
      apps: detail.allowedClients.map { client in
        GroupPage.App(
          id: client.id, name: client.name, description: client.description,
          logoURL: ImageAddress.logo(client.id, client.logos),
          darkLogoURL: ImageAddress.darkLogo(client.id, client.logos))
      })
  }
}

extension Pager {
  /// For a list at an address, keeping its search text.
  init<Item>(_ page: Admin.Page<Item>, at path: String, _ search: String?) {
    self.init(page: page.page, perPage: page.limit, total: page.total) { number in
      let query = search.map { "&search=\(Percent.encode($0))" } ?? ""
      return "\(path)?pagination%5Bpage%5D=\(number)&pagination%5Blimit%5D=\(page.limit)\(query)"
    }
  }
}
