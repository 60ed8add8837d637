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
  ///   - search: what the list was searched for; empty for all.
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
    let created: Moment?

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
      self.created = createdAt.map(Moment.init)
    }
  }
}

/// Which part of a list is shown.
package struct Pager: Sendable {
  let first: Int
  let last: Int
  let total: Int
  let previous: String?
  let next: String?
  let several: Bool

  /// - Parameters:
  ///   - page: from 1.
  ///   - url: the address of another page of the same list, by its number.
  package init(page: Int, perPage: Int, total: Int, url: (Int) -> String) {
    let start = (page - 1) * perPage
    first = total == 0 ? 0 : min(start + 1, total)
    last = min(start + perPage, total)
    self.total = total
    previous = page > 1 ? url(page - 1) : nil
    next = last < total ? url(page + 1) : nil
    several = total > perPage
  }
}

/// `/settings/admin/oidc-clients/new`
package struct NewClientPage: Page {
  package static let template = "new-client"
  let form: ClientForm
  let atClients = true

  package init() {
    form = ClientForm(
      name: "", description: "", callbackURLs: [], launchURL: nil, isPublic: false, pkceEnabled: true,
      requiresReauthentication: false, skipConsent: false, accessTokenDurationMinutes: 60)
  }
}

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
  let atClients = true

  /// - Parameters:
  ///   - knownApp: the name of the known app that the client is, whose own settings can be shown.
  ///   - restricted: whether only `groups` may use it.
  package init(
    id: String, description: String? = nil, logoURL: String? = nil, darkLogoURL: String? = nil, form: ClientForm,
    endpoints: Endpoints, secrets: [Secret], knownApp: String? = nil, restricted: Bool = false, groups: [Group] = []
  ) {
    self.knownApp = knownApp
    self.restricted = restricted
    self.groups = groups
    noGroups = groups.isEmpty
    connectURL = "\(Self.url(id: id))/connect"
    clientID = id
    apiURL = "/api/oidc/clients/\(Self.pathID(id))"
    name = form.name
    initial = Person.initial(of: form.name)
    explanation = description.flatMap { $0.isEmpty ? nil : $0 }
    self.logoURL = logoURL ?? darkLogoURL
    self.darkLogoURL = logoURL == nil ? nil : darkLogoURL
    logos = [
      ImageField(
        id: "logo-light", .logo, api: "\(apiURL)/logo?light=true", method: "POST", url: logoURL, onDark: false),
      ImageField(
        id: "logo-dark", .logo, api: "\(apiURL)/logo?light=false", method: "POST", url: darkLogoURL, onDark: true),
    ]
    launchURL = form.launchURL.isEmpty ? nil : form.launchURL
    self.form = form
    self.endpoints = endpoints
    self.secrets = secrets
    confidential = !form.isPublic
    noSecret = !form.isPublic && secrets.isEmpty
    needsPKCE = form.pkceEnabled || form.isPublic
  }

  static func url(id: String) -> String { "/settings/admin/oidc-clients/\(pathID(id))" }

  /// An id that is a plain path segment stands as it is; another as `~` and its base64url, which the API takes too.
  package static func pathID(_ id: String) -> String {
    let plain = id.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    if plain, !id.isEmpty, id != ".", id != ".." { return id }
    return "~"
      + Data(id.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
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

  /// A secret, without the secret.
  package struct Secret: Sendable {
    let secretID: String
    let prefix: String
    let created: Moment
    let expires: Moment?
    let lastUsed: Moment?
    let isActive: Bool

    package init(
      id: String, prefix: String, createdAt: Date, expiresAt: Date? = nil, lastUsedAt: Date? = nil,
      isActive: Bool = true
    ) {
      secretID = id
      self.prefix = prefix
      created = Moment(createdAt)
      expires = expiresAt.map(Moment.init)
      lastUsed = lastUsedAt.map(Moment.init)
      self.isActive = isActive
    }
  }

  /// Every address that an app may ask for.
  package struct Endpoints: Sendable {
    let issuer: String
    let discovery: String
    let authorization: String
    let token: String
    let userinfo: String
    let keys: String

    /// - Parameters:
    ///   - appURL: `APP_URL`, without a trailing slash.
    ///   - internalURL: `INTERNAL_APP_URL`, for what apps call themselves.
    package init(appURL: String, internalURL: String? = nil) {
      let inside = internalURL ?? appURL
      issuer = appURL
      discovery = "\(appURL)/.well-known/openid-configuration"
      authorization = "\(appURL)/authorize"
      token = "\(inside)/api/oidc/token"
      userinfo = "\(inside)/api/oidc/userinfo"
      keys = "\(inside)/.well-known/jwks.json"
    }
  }
}

/// The settings of a client that the form edits, by the API's names.
package struct ClientForm: Sendable {
  let name: String
  let description: String
  let callbackURLs: String
  let launchURL: String
  let isPublic: Bool
  let pkceEnabled: Bool
  let requiresReauthentication: Bool
  let skipConsent: Bool
  let accessTokenDurationMinutes: Int

  package init(
    name: String, description: String, callbackURLs: [String], launchURL: String?, isPublic: Bool, pkceEnabled: Bool,
    requiresReauthentication: Bool, skipConsent: Bool, accessTokenDurationMinutes: Int
  ) {
    self.name = name
    self.description = description
    self.callbackURLs = callbackURLs.joined(separator: "\n")
    self.launchURL = launchURL ?? ""
    self.isPublic = isPublic
    self.pkceEnabled = pkceEnabled || isPublic
    self.requiresReauthentication = requiresReauthentication
    self.skipConsent = skipConsent
    self.accessTokenDurationMinutes = accessTokenDurationMinutes
  }
}
