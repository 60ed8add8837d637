import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Apps")
struct ClientRouteTests {
  private let cookie = ["Cookie": "access_token=t"]

  @Test("the list is paged in Pocket ID's form")
  func list() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListClients.self, .clients(Admin.Page(items: [Sample.client], total: 41, page: 2, limit: 20)))
      let reply = try await client.get(
        "/api/oidc/clients?pagination[page]=2&pagination%5Blimit%5D=500&sort[column]=name&sort[direction]=desc&search=gra",
        cookie)
      #expect(reply.status == 200)
      #expect(
        reply.json["pagination"] == ["totalPages": 3, "totalItems": 41, "currentPage": 2, "itemsPerPage": 20])
      #expect(reply.json["data"]?.array?.first?["allowedUserGroupsCount"] == 0)
      let page = try #require(services.asked(Admin.ListClients.self).first?.page)
      #expect(page == Admin.PageRequest(page: 2, limit: 100, search: "gra", sortColumn: "name", descending: true))
    }
  }

  @Test("a client is created with Pocket ID's fields, and what is not to be had is constantly so")
  func create() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.CreateClient.self, .created(Sample.client))
      let body: JSONValue = [
        "id": "grafana", "name": "Grafana", "callbackURLs": ["https://g.example.com/cb"], "isPublic": false,
        "hasLogo": false, "credentials": ["federatedIdentities": [], "secrets": []], "launchURL": "",
        "accessTokenDurationMinutes": 30,
      ]
      let reply = try await client.post("/api/oidc/clients", body, cookie)
      #expect(reply.status == 201)
      for name in ["requiresPushedAuthorizationRequests", "isGroupRestricted", "hasLogo", "hasDarkLogo"] {
        #expect(reply.json[name] == false)
      }
      #expect(reply.json["clientType"] == "standard" && reply.json["allowedUserGroups"] == [])
      #expect(reply.json["credentials"]?["secrets"]?.array?.first?["isActive"] == false)
      let message = try #require(services.asked(Admin.CreateClient.self).first)
      #expect(message.id == "grafana" && message.settings.accessTokenDurationMinutes == 30)
      #expect(message.settings.launchURL == nil && message.settings.refreshTokenDurationMinutes == 43_200)
    }
  }

  @Test("lifetimes of zero are the usual ones, and other numbers go to the rules as they are")
  func zeroes() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.CreateClient.self, .created(Sample.client))
      for (sent, access, refresh) in [(0, 60, 43_200), (-1, -1, -1), (5, 5, 5)] {
        let minutes = JSONValue.integer(Int64(sent))
        let body: JSONValue = [
          "name": "Grafana", "accessTokenDurationMinutes": minutes, "refreshTokenDurationMinutes": minutes,
          "launchUrl": "https://g.example.com",
        ]
        _ = try await client.post("/api/oidc/clients", body, cookie)
        let settings = try #require(services.asked(Admin.CreateClient.self).last).settings
        #expect(settings.accessTokenDurationMinutes == access && settings.refreshTokenDurationMinutes == refresh)
        #expect(settings.launchURL == "https://g.example.com")
      }
    }
  }

  @Test("a list is filtered by what Pocket ID filters it by")
  func filtered() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListClients.self, .clients(Admin.Page(items: [], total: 0, page: 1, limit: 20)))
      let query = "filters[pkceEnabled][0]=true&filters[isGroupRestricted][0]=false"
      #expect(try await client.get("/api/oidc/clients?\(query)", cookie).status == 200)
      #expect(
        services.asked(Admin.ListClients.self).first?.filter == .init(pkceEnabled: true, isGroupRestricted: false))
      #expect(try await client.get("/api/oidc/clients?filters[clientType][0]=cimd", cookie).status == 400)
    }
  }

  @Test("a secret is made where Pocket ID made the only one, and takes the place of the others")
  func onlySecret() async throws {
    try await withGateway { (services, client) async throws in
      let details = Admin.ClientSecret(
        id: ClientSecretID(UUID()), prefix: "abcd", createdAt: Sample.date, expiresAt: nil)
      services.on(
        Admin.CreateClientSecret.self, .created(Admin.NewClientSecret(secret: Secret("abcd-efgh"), details: details)))
      let only = try await client.send("POST", "/api/oidc/clients/grafana/secret", cookie)
      #expect(only.status == 200 && only.json == ["secret": "abcd-efgh"])
      let one = try await client.post("/api/oidc/clients/grafana/secrets", [:], cookie)
      #expect(one.status == 201 && one.json["secret"] == "abcd-efgh" && one.json["prefix"] == "abcd")
      #expect(services.asked(Admin.CreateClientSecret.self).map(\.replacesOthers) == [true, false])
    }
  }

  @Test("our own members are answered, and one that is not said is not set")
  func choices() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.CreateClient.self, .created(Sample.client))
      let made = try await client.post("/api/oidc/clients", ["name": "Grafana"], cookie)
      #expect(made.json["callbackURLPatterns"] == false && made.json["userinfoOnlyClaims"] == false)
      #expect(made.json["backchannelLogoutURL"] == .null && made.json["isImported"] == false)
      let unsaid = try #require(services.asked(Admin.CreateClient.self).first).settings
      #expect(unsaid.callbackPatterns == nil && unsaid.userinfoOnly == nil && unsaid.idTokenAlgorithm == nil)
      #expect(unsaid.backchannelLogoutURI == nil && unsaid.frontchannelLogoutSessionRequired == nil)

      services.on(Admin.UpdateClient.self, .updated(Sample.client))
      let body: JSONValue = ["name": "Grafana", "backchannelLogoutURL": .null, "userinfoOnlyClaims": "no"]
      let odd = try await client.post("/api/oidc/clients/grafana", body, cookie, method: "PUT")
      #expect(odd.json["details"]?["fields"]?.array?.first?["field"] == "userinfoOnlyClaims")
      let nothing: JSONValue = ["name": "Grafana", "backchannelLogoutURL": .null]
      _ = try await client.post("/api/oidc/clients/grafana", nothing, cookie, method: "PUT")
      #expect(services.asked(Admin.UpdateClient.self).first?.settings.backchannelLogoutURI == "")
    }
  }

  @Test("what was read and is written back unchanged changes nothing")
  func roundTrip() async throws {
    try await withGateway { (services, client) async throws in
      var full = Sample.client
      full.settings = Admin.ClientSettings(
        name: "Grafana", callbackURLs: ["https://g.example.com/*"]
      ) {
        $0.description = "Dashboards"
        $0.logoutCallbackURLs = ["https://g.example.com/bye"]
        $0.pkceEnabled = true
        $0.requiresReauthentication = true
        $0.skipConsent = true
        $0.launchURL = "https://g.example.com"
        $0.accessTokenDurationMinutes = 5
        $0.refreshTokenDurationMinutes = 600
        $0.isGroupRestricted = true
        $0.callbackPatterns = true
        $0.userinfoOnly = true
        $0.idTokenAlgorithm = "ES256"
        $0.accessTokenAlgorithm = "RS256"
        $0.backchannelLogoutURI = "https://g.example.com/out"
        $0.backchannelLogoutSessionRequired = true
        $0.frontchannelLogoutURI = "https://g.example.com/front"
        $0.frontchannelLogoutSessionRequired = true
      }
      services.on(Admin.GetClient.self, .client(full))
      services.on(Admin.UpdateClient.self, .updated(full))
      let read = try await client.get("/api/oidc/clients/grafana", cookie)
      _ = try await client.post("/api/oidc/clients/grafana", read.json, cookie, method: "PUT")
      #expect(services.asked(Admin.UpdateClient.self).first?.settings == full.settings)
    }
  }

  @Test("asking for what is not to be had is refused by name, with every wrong type")
  func unsupported() async throws {
    try await withGateway { (services, client) async throws in
      let body: JSONValue = [
        "requiresPushedAuthorizationRequests": true, "logoUrl": 5,
        "credentials": ["federatedIdentities": [["issuer": "x"]]], "callbackURLs": ["ok", 7], "isPublic": "yes",
      ]
      let reply = try await client.post("/api/oidc/clients", body, cookie)
      #expect(reply.status == 400 && services.count == 0)
      let fields = Set(reply.json["details"]?["fields"]?.array?.compactMap { $0["field"]?.string } ?? [])
      #expect(
        fields == [
          "requiresPushedAuthorizationRequests", "logoUrl", "credentials.federatedIdentities",
          "name",
          "callbackURLs[1]", "isPublic",
        ])
    }
  }

  @Test("who may not is told why")
  func denied() async throws {
    try await withGateway { (services, client) async throws in
      for (denial, status, code) in [
        (Admin.Denial.notSignedIn, 401, "not_signed_in"), (.notAdministrator, 403, "forbidden"),
        (.proofRequired, 401, "reauthentication_required"),
      ] {
        services.on(Admin.GetClient.self, .denied(denial))
        let reply = try await client.get("/api/oidc/clients/x", cookie)
        #expect(reply.status == status && reply.json["code"] == .string(code))
      }
    }
  }

  @Test("a client's id may come as base64url, for ids that would not fit a path")
  func encodedID() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.GetClientSummary.self, .client(Sample.summary))
      let id = "https://app.example/client?x"
      let reply = try await client.get("/api/oidc/clients/~\(base64URL(id))/meta")
      #expect(reply.status == 200 && reply.json["name"] == "Grafana" && reply.json["callbackURLs"] == nil)
      #expect(services.asked(Admin.GetClientSummary.self).first?.id == id)
      #expect(try await client.get("/api/oidc/clients/~!!/meta").status == 404)
    }
  }

  @Test("a secret is shown once, with an expiry that was asked for")
  func secrets() async throws {
    try await withGateway { (services, client) async throws in
      let details = Admin.ClientSecret(
        id: ClientSecretID(UUID()), prefix: "s3cr", createdAt: Sample.date, expiresAt: nil)
      services.on(
        Admin.CreateClientSecret.self, .created(Admin.NewClientSecret(secret: Secret("s3cret"), details: details)))
      let made = try await client.post(
        "/api/oidc/clients/grafana/secrets", ["expiresAt": "2027-01-01T00:00:00.000Z"], cookie)
      #expect(made.status == 201 && made.json["secret"] == "s3cret" && made.json["isActive"] == true)
      #expect(
        services.asked(Admin.CreateClientSecret.self).first?.expiresAt == Date(timeIntervalSince1970: 1_798_761_600))
      services.on(Admin.GetClient.self, .client(Sample.client))
      let list = try await client.get("/api/oidc/clients/grafana/secrets", cookie)
      #expect(list.json.array?.first?["prefix"] == "abcd" && list.json.array?.first?["secret"] == nil)
      services.on(Admin.DeleteClientSecret.self, .deleted)
      let path = "/api/oidc/clients/grafana/secrets/\(details.id)"
      #expect(try await client.post(path, [:], cookie, method: "DELETE").status == 204)
      let odd = try await client.post("/api/oidc/clients/grafana/secrets", ["expiresAt": "tomorrow"], cookie)
      #expect(odd.json["details"]?["fields"]?.array?.first?["field"] == "expiresAt")
    }
  }

  @Test("a taken id, an unknown client and a deleted one")
  func otherOutcomes() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.CreateClient.self, .idTaken)
      let taken = try await client.post("/api/oidc/clients", ["name": "x"], cookie)
      #expect(taken.status == 409 && taken.json["code"] == "client_id_already_exists")
      services.on(Admin.UpdateClient.self, .notFound)
      #expect(try await client.post("/api/oidc/clients/x", ["name": "x"], cookie, method: "PUT").status == 404)
      services.on(Admin.DeleteClient.self, .deleted)
      #expect(try await client.post("/api/oidc/clients/x", [:], cookie, method: "DELETE").status == 204)
    }
  }

  private func base64URL(_ text: String) -> String {
    Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
