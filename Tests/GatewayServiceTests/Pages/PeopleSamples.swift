import Foundation
import GatewayService

/// The pages about people.
extension PageSamples {
  private static let names: [(name: String, username: String, email: String?)] = [
    ("Ada Lovelace", "ada", "ada@example.com"), ("Grace Hopper", "grace", "grace@example.com"),
    ("Linus Groß-Müller", "linus", nil), ("王小明", "xiaoming", "xiaoming@example.com"),
    ("عائلة گُل", "gol", "gol@example.com"), ("margaret.hamilton", "margaret.hamilton", "margaret@example.com"),
  ]

  static func users(count: Int, total: Int, page: Int = 1, search: String = "", text: String? = nil) -> UsersPage {
    let rows = (0..<count).map { index in
      let known = names[index % names.count]
      return UsersPage.Row(
        Person(
          id: "u\(index)", displayName: text ?? known.name, username: text ?? known.username,
          email: text ?? known.email, pictureURL: text, isAdmin: index == 0), disabled: index == 2, isSelf: index == 0)
    }
    var query = UsersPage.Query()
    query.search = search
    query.page = page
    return UsersPage(people: rows, query: query, total: total, perPage: 20)
  }

  static func user(
    isNew: Bool = false, disabled: Bool = false, isSelf: Bool = false, text: String? = nil
  ) -> UserPage {
    let person = Person(
      id: text ?? "4f9c", displayName: text ?? "Grace Hopper", username: text ?? "grace",
      email: text ?? "grace@example.com", pictureURL: text, isAdmin: isSelf)
    let passkeys = [
      AccountPage.Passkey(
        id: "k1", name: text ?? "Phone", provider: text ?? "Google Password Manager", synced: true,
        createdAt: ago(24 * 30), lastUsedAt: ago(5))
    ]
    let sessions = [
      AccountPage.Session(
        id: "s1", current: false, createdAt: ago(9), lastSeenAt: ago(2), ipAddress: text ?? "203.0.113.9",
        userAgent: "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36", methods: ["phr"])
    ]
    return UserPage(
      person,
      profile: .init(
        username: text ?? "grace", email: text ?? "grace@example.com", firstName: text ?? "Grace",
        lastName: text ?? "Hopper", displayName: text ?? "Grace Hopper"),
      emailVerified: !isNew, disabled: disabled, isSelf: isSelf, emailRequired: true, mailsLinks: true,
      groups: isNew ? [] : [.init(id: "g1", name: text ?? "family", friendlyName: text ?? "The family")],
      passkeys: isNew ? [] : passkeys, sessions: isNew || disabled ? [] : sessions,
      claims: isNew ? [] : [(text ?? "shelf", text ?? "[\"blue\", \"green\"]")])
  }
}
