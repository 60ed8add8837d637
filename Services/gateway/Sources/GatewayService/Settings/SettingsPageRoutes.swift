import LatchkeyProtocol

/// The page of settings.
enum SettingsPageRoutes {
  /// The groups to choose from: as many as a page of a list has.
  private static let groups = Admin.PageRequest(limit: Admin.PageRequest.largest, sortColumn: "friendlyName")

  static let all: [Route] = [
    Route(.get, "/settings/admin/application-configuration", .page, [.settings]) { exchange in
      guard exchange.call.caller.session != nil else { return exchange.toSignIn() }
      async let asked = exchange.viewer()
      async let answered = exchange.services.admin.send(Admin.GetSettings(), exchange.call)
      async let found = exchange.services.admin.send(Admin.ListGroups(page: groups), exchange.call)
      guard let viewer = try await asked else { return exchange.toSignIn() }
      switch try await answered {
      case .settings(let view):
        guard case .groups(let groups) = try await found else { return exchange.toSignIn() }
        let summaries = groups.items.map { GroupSummary(id: $0.id, name: $0.name, friendlyName: $0.friendlyName) }
        let page = SettingsPage(
          view, groups: summaries, images: exchange.site.appearance.last.images,
          unbelievedProxies: exchange.site.neighbourhood.unbelievedProxies)
        return exchange.page(page, viewer: viewer)
      case .denied(let denial): return try exchange.denied(denial)
      }
    }
  ]
}
