import Foundation
import GatewayService
import LatchkeyProtocol

extension PageSamples {
  static var groupSamples: [Sample] {
    [
      Sample("groups", groups(count: 5), viewer: ada),
      Sample("groups-empty", GroupsPage(groups: [], pager: pager(1, 0)), viewer: ada),
      Sample("groups-nothing", GroupsPage(groups: [], search: "chess", pager: pager(1, 0)), viewer: ada),
      Sample("group", group(members: 4, apps: 2, claims: 1), viewer: ada),
      Sample("group-many", group(members: 20, total: 1234, apps: 1, claims: 0), viewer: ada),
      Sample("group-new", group(members: 0, apps: 0, claims: 0), viewer: ada),
      Sample("group-nobody", group(members: 0, total: 57, apps: 1, claims: 0, search: "zoe"), viewer: ada),
      Sample("my-apps", myApps(count: 5), viewer: member),
      Sample("my-apps-empty", MyAppsPage(apps: [], pager: pager(1, 0)), viewer: member),
      Sample("client-restricted", restrictedClient(groups: 2), viewer: ada),
      Sample("client-nobody", restrictedClient(groups: 0), viewer: ada),
    ]
  }

  /// The same with one text in every place that a stranger can fill.
  static func groupSamples(filledWith text: String) -> [Sample] {
    let viewer = Person(id: text, displayName: text, username: text, isAdmin: true)
    return [
      Sample("groups", groups(count: 2, text: text), viewer: viewer),
      Sample("groups-nothing", GroupsPage(groups: [], search: text, pager: pager(1, 0)), viewer: viewer),
      Sample("group", group(members: 2, apps: 2, claims: 1, search: text, text: text), viewer: viewer),
      Sample("my-apps", myApps(count: 2, text: text), viewer: viewer),
      Sample("client-restricted", restrictedClient(groups: 2, text: text), viewer: viewer),
      Sample("error-notAllowed", ErrorPage(.notAllowed, app: AppSummary(name: text), backURL: "https://\(text)")),
    ]
  }

  static func groups(count: Int, text: String? = nil) -> GroupsPage {
    let names = [
      ("family", "Family"), ("guests", "Guests"), ("it", "Computer club"), ("band", "Brass band"), ("all", "All"),
    ]
    let rows = (0..<count).map { index in
      GroupsPage.Row(
        id: "g\(index)", name: text ?? names[index % 5].0, friendlyName: text ?? names[index % 5].1,
        userCount: [4, 1, 57, 12, 100_000][index % 5])
    }
    return GroupsPage(groups: rows, search: text ?? "", pager: pager(1, count))
  }

  static func group(
    members: Int, total: Int? = nil, apps: Int, claims: Int, search: String = "", text: String? = nil
  ) -> GroupPage {
    let people = ["Ada Lovelace", "Grace Hopper", "عائلة גינה", "Katherine Coleman Goble Johnson"]
    let clients = [("Immich", "Photos of the whole family"), ("Linkding", "")]
    return GroupPage(
      id: "5d2f3b1c", name: text ?? "family", friendlyName: text ?? "Family", userCount: total ?? members,
      members: (0..<members).map { index in
        GroupPage.Member(
          Person(
            id: text ?? "u\(index)", displayName: text ?? people[index % 4], username: text ?? "user\(index)",
            email: index == 1 ? nil : text ?? "user\(index)@example.com"), disabled: index == 2)
      }, search: search, pager: pager(1, total ?? members),
      claims: .of(
        group: "5d2f3b1c", (0..<claims).map { _ in (key: text ?? "quota", value: text ?? "20 GB") }),
      apps: (0..<apps).map { index in
        GroupPage.App(
          id: text ?? "c\(index)", name: text ?? clients[index % 2].0, description: text ?? clients[index % 2].1)
      })
  }

  static func myApps(count: Int, text: String? = nil) -> MyAppsPage {
    let apps = [
      ("Grafana", "Dashboards for the house and the greenhouse"), ("Immich", ""), ("Linkding", "Bookmarks"),
      ("Memos", ""), ("Nextcloud", "Files, calendars and contacts of the whole family"),
    ]
    let rows = (0..<count).map { index -> MyAppsPage.App in
      let address: String = "https://" + (text ?? "app\(index).example.com")
      let lastUsedAt: Date? = index == 2 ? nil : ago(Double(index) * 70)
      return MyAppsPage.App(
        id: text ?? "c\(index)", name: text ?? apps[index % 5].0, description: text ?? apps[index % 5].1,
        launchURL: index == 3 ? nil : address, lastUsedAt: lastUsedAt, hasConsent: index != 2,
        scopes: [["openid", "profile", "email", "groups", "offline_access"], ["openid", "email"], nil, ["openid"]][
          index % 4])
    }
    return MyAppsPage(apps: rows, search: text ?? "", pager: pager(1, count))
  }

  static func restrictedClient(groups: Int, text: String? = nil) -> ClientPage {
    ClientPage(
      id: text ?? "grafana",
      form: ClientForm(
        Admin.ClientSettings(name: text ?? "Grafana", callbackURLs: ["https://grafana.example.com/cb"]) {
          $0.pkceEnabled = true
          $0.skipConsent = true
        }),
      endpoints: .init(appURL: "https://id.example.com"),
      secrets: [
        ClientPage.Secret(
          id: "s1", prefix: text ?? "lk_8", createdAt: ago(24 * 40), expiresAt: ago(-24 * 50), lastUsedAt: ago(1))
      ], restricted: true,
      groups: (0..<groups).map { index in
        ClientPage.Group(id: "g\(index)", name: text ?? ["Family", "Guests"][index % 2], userCount: index + 1)
      })
  }
}
