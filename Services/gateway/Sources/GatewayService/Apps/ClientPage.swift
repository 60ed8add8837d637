import Encodings
package import Foundation
import LatchkeyProtocol

/// `/settings/admin/oidc-clients/:id`
package struct ClientPage: Page {
  package static let template = "client"
  let clientID: String
  let apiURL: String
  let name: String
  let initial: String
  let explanation: String?
  let logoURL: String?
  let darkLogoURL: String?
  let logos: [ImageField]
  let launchURL: String?
  let form: ClientForm
  let endpoints: Endpoints
  let secrets: [Secret]
  let confidential: Bool
  let noSecret: Bool
  let needsPKCE: Bool
  let knownApp: String?
  let connectURL: String
  let restricted: Bool
  let groups: [Group]
  let noGroups: Bool
  /// The scopes that the app requests, separated by spaces.
  let scopes: String
  let notices: LogoutNoticesPart?
  let atClients = true

  /// - Parameters:
  ///   - knownApp: the name of the known app that the client is, whose own settings can be shown.
  ///   - restricted: whether only `groups` may use it.
  ///   - scopes: what a known app requests.
  ///   - notices: ended sessions of which the app was not told.
  package init(
    id: String, description: String? = nil, logoURL: String? = nil, darkLogoURL: String? = nil, form: ClientForm,
    endpoints: Endpoints, secrets: [Secret], knownApp: String? = nil, restricted: Bool = false, groups: [Group] = [],
    scopes: [String]? = nil, notices: LogoutNoticesPart? = nil
  ) {
    self.notices = notices
    self.knownApp = knownApp
    self.scopes = (scopes ?? ["openid", "profile", "email", "groups"]).joined(separator: " ")
    self.restricted = restricted
    self.groups = groups
    noGroups = groups.isEmpty
    connectURL = "\(Self.url(id: id))/connect"
    clientID = id
    apiURL = "/api/oidc/clients/\(Self.pathID(id))"
    name = form.settings.name
    initial = Person.initial(of: form.settings.name)
    explanation = description.flatMap { $0.isEmpty ? nil : $0 }
    self.logoURL = logoURL ?? darkLogoURL
    self.darkLogoURL = logoURL == nil ? nil : darkLogoURL
    logos = [
      ImageField(
        id: "logo-light", .logo, api: "\(apiURL)/logo?light=true", method: "POST", url: logoURL, onDark: false),
      ImageField(
        id: "logo-dark", .logo, api: "\(apiURL)/logo?light=false", method: "POST", url: darkLogoURL, onDark: true),
    ]
    launchURL = form.settings.launchURL?.nonEmpty
    self.form = form
    self.endpoints = endpoints
    self.secrets = secrets
    confidential = !form.settings.isPublic
    noSecret = !form.settings.isPublic && secrets.isEmpty
    needsPKCE = form.settings.pkceEnabled
  }

  static func url(id: String) -> String { "/settings/admin/oidc-clients/\(pathID(id))" }

  /// An id that is a plain path segment stays as it is; another becomes `~` and its base64url, which the API takes too.
  package static func pathID(_ id: String) -> String {
    let plain = id.utf8.allSatisfy { Percent.isUnreserved($0) && $0 != UInt8(ascii: "~") }
    if plain, !id.isEmpty, id != ".", id != ".." { return id }
    return "~" + Base64URL.encode(id.utf8)
  }

  /// A group that may use it.
  package struct Group: Sendable {
    let groupID: String
    let groupName: String
    let url: String
    let userCount: Int
    let onePerson: Bool

    package init(id: String, name: String, userCount: Int) {
      groupID = id
      groupName = name
      url = GroupPage.url(id: id)
      self.userCount = userCount
      onePerson = userCount == 1
    }
  }

  /// A secret's data, without the secret itself.
  package struct Secret: Sendable {
    let secretID: String
    let prefix: String
    let created: PageTime
    let expires: PageTime?
    let lastUsed: PageTime?
    let isActive: Bool

    package init(
      id: String, prefix: String, createdAt: Date, expiresAt: Date? = nil, lastUsedAt: Date? = nil,
      isActive: Bool = true
    ) {
      secretID = id
      self.prefix = prefix
      created = PageTime(createdAt)
      expires = expiresAt.map(PageTime.init)
      lastUsed = lastUsedAt.map(PageTime.init)
      self.isActive = isActive
    }
  }
}
