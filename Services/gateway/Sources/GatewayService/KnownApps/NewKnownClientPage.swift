package import LatchkeyWords

/// `/settings/admin/oidc-clients/new?app=…` — a known app: it asks where the app runs, and fills in the rest.
package struct NewKnownClientPage: Page {
  package static let template = "new-known-client"
  let app: AppSummary
  let appID: String
  let website: String?
  let isPublic: Bool
  let demandsPKCE: Bool
  let hasAddress: Bool
  let choosesID: Bool
  let leavesOpen: Bool
  /// One per line, `{app}` and `{clientId}` as in the source: the page's script fills them in.
  let redirects: String
  let redirectsExample: String
  /// What can be said before anything is typed: the addresses that do not depend on where the app runs.
  let redirectsNow: String
  let redirectRows: Int
  let logouts: String?
  let logoutsExample: String
  let logoutRows: Int
  /// Where the app learns that a user has signed out, in the same form.
  let backchannel: String?
  let backchannelExample: String?
  let hints: KnownAppHints
  let atClients = true
  private let pkce: KnownApp.PKCE

  package init(_ app: KnownApp, endpoints: ClientPage.Endpoints, providerName: String) {
    self.app = AppSummary(name: app.name)
    appID = app.id
    website = app.website
    isPublic = app.isPublic
    demandsPKCE = app.demandsPKCE
    hasAddress = app.hasAddress
    choosesID = app.namesClientInRedirects
    leavesOpen = app.leavesOpen
    let example: [AppText.Placeholder: String] = [.app: "https://\(app.id).example.com", .clientId: app.id]
    redirects = Self.lines(app.redirectURIs, [:])
    redirectsExample = Self.lines(app.redirectURIs, example)
    redirectsNow = Self.lines(app.redirectURIs.filter { !$0.mentions(.app) && !$0.mentions(.clientId) }, [:])
    redirectRows = max(app.redirectURIs.count, 1)
    logouts = app.postLogoutRedirectURIs.isEmpty ? nil : Self.lines(app.postLogoutRedirectURIs, [:])
    logoutsExample = Self.lines(app.postLogoutRedirectURIs, example)
    logoutRows = max(app.postLogoutRedirectURIs.count, 1)
    backchannel = app.backchannelLogoutURI?.text([:])
    backchannelExample = app.backchannelLogoutURI?.text(example)
    let values = endpoints.placeholders.merging(example) { _, example in example }
    hints = KnownAppHints(
      app, notes: app.notes?.text(values.merging([.providerName: providerName]) { _, name in name }))
    pkce = app.pkce
  }

  package func worded(_ words: Words) -> [String: String] {
    let sentence =
      switch pkce {
      case .required: words("connectApp.pkceRequired")
      case .supported: words("connectApp.pkceSupported")
      case .unsupported: words("connectApp.pkceUnsupported")
      case .unknown: words("connectApp.pkceUnknown")
      }
    return ["pkceText": sentence.replacing("{app.name}", with: app.name)]
  }

  private static func lines(_ texts: [AppText], _ values: [AppText.Placeholder: String]) -> String {
    texts.map { $0.text(values) }.joined(separator: "\n")
  }
}
