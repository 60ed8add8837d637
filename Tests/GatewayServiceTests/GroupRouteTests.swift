import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Groups and consents")
struct GroupRouteTests {
  private let cookie = ["Cookie": "access_token=t"]
  private static let group = Admin.Group(
    id: GroupID(UUID()), name: "family", friendlyName: "Family",
    customClaims: [CustomClaim(key: "quota", value: "5")], userCount: 2, createdAt: Sample.date)
  private let detail = Admin.GroupDetail(group: group, users: [Sample.user], allowedClients: [Sample.summary])
  private var path: String { "/api/user-groups/\(Self.group.id)" }

  @Test("groups have Pocket ID's forms: counted in lists, whole by themselves")
  func forms() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListGroups.self, .groups(Admin.Page(items: [Self.group], total: 1, page: 1, limit: 20)))
      let list = try await client.get("/api/user-groups?sort[column]=userCount&search=fam", cookie)
      let row = try #require(list.json["data"]?.array?.first)
      #expect(row["userCount"] == 2 && row["ldapId"] == .null && row["users"] == nil)
      #expect(row["customClaims"] == [["key": "quota", "value": "5"]])
      #expect(services.asked(Admin.ListGroups.self).first?.page.sortColumn == "userCount")
      services.on(Admin.GetGroup.self, .group(detail))
      let one = try await client.get(path, cookie)
      #expect(one.json["users"]?.array?.first?["username"] == "ada")
      #expect(one.json["allowedOidcClients"]?.array?.first?["id"] == "grafana")
      #expect(one.json["friendlyName"] == "Family")
    }
  }

  @Test("a group is made with 201, a taken name is 409, and what is missing is named")
  func create() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.CreateGroup.self, .changed(detail))
      let body: JSONValue = ["name": "family", "friendlyName": "Family"]
      #expect(try await client.post("/api/user-groups", body, cookie).status == 201)
      services.on(Admin.CreateGroup.self, .nameTaken)
      let taken = try await client.post("/api/user-groups", body, cookie)
      #expect(taken.status == 409 && taken.json["code"] == "already_in_use")
      let missing = try await client.post("/api/user-groups", ["name": "x"], cookie)
      #expect(missing.json["details"]?["fields"]?.array?.first?["field"] == "friendlyName")
    }
  }

  @Test("members are set as a list, or one by one")
  func members() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.SetMembers.self, .changed(detail))
      let ids: JSONValue = ["userIds": [.string("\(Sample.user.id)")]]
      #expect(try await client.post("\(path)/users", ids, cookie, method: "PUT").status == 200)
      #expect(services.asked(Admin.SetMembers.self).first?.users == [Sample.user.id])
      let odd = try await client.post("\(path)/users", ["userIds": ["x"]], cookie, method: "PUT")
      #expect(odd.json["details"]?["fields"]?.array?.first?["field"] == "userIds[0]")
      let missing = try await client.post("\(path)/users", [:], cookie, method: "PUT")
      #expect(missing.json["details"]?["fields"]?.array?.first?["code"] == "required")
      services.on(Admin.ChangeMember.self, .changed)
      let one = "\(path)/users/\(Sample.user.id)"
      #expect(try await client.post(one, [:], cookie, method: "PUT").status == 204)
      #expect(try await client.post(one, [:], cookie, method: "DELETE").status == 204)
      #expect(services.asked(Admin.ChangeMember.self).map(\.isMember) == [true, false])
      services.on(Admin.ListMembers.self, .users(Admin.Page(items: [Sample.user], total: 1, page: 1, limit: 20)))
      #expect(try await client.get("\(path)/other-users?search=a", cookie).json["data"]?.array?.count == 1)
      #expect(services.asked(Admin.ListMembers.self).first?.members == false)
    }
  }

  @Test("claims are a bare list; reserved and repeated names have codes of their own")
  func claims() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.SetCustomClaims.self, .claims(Self.group.customClaims))
      let path = "/api/custom-claims/user-group/\(Self.group.id)"
      let claims: JSONValue = [["key": "quota", "value": "5"]]
      let saved = try await client.post(path, claims, cookie, method: "PUT")
      #expect(saved.json == claims)
      #expect(services.asked(Admin.SetCustomClaims.self).first?.owner == .group(Self.group.id))
      for (answer, code) in [
        (Admin.SetCustomClaims.Response.reserved("sub"), "reserved_claim"), (.duplicate("a"), "duplicate_claim"),
      ] {
        services.on(Admin.SetCustomClaims.self, answer)
        let refused = try await client.post("/api/custom-claims/user/\(Sample.user.id)", claims, cookie, method: "PUT")
        #expect(refused.status == 400 && refused.json["code"] == .string(code))
      }
      let odd = try await client.post(path, [["key": "quota"]], cookie, method: "PUT")
      #expect(odd.json["details"]?["fields"]?.array?.first?["field"] == "[0].value")
      #expect(try await client.post(path, ["key": "quota"], cookie, method: "PUT").status == 400)
      services.on(Admin.SuggestClaims.self, .names(["quota"]))
      #expect(try await client.get("/api/custom-claims/suggestions", cookie).json == ["quota"])
    }
  }

  @Test("who may use an app is set from both sides")
  func allowed() async throws {
    try await withGateway { (services, client) async throws in
      var restricted = Sample.client
      restricted.settings.isGroupRestricted = true
      restricted.allowedGroups = [Self.group]
      services.on(Admin.SetAllowedGroups.self, .updated(restricted))
      let groups: JSONValue = ["userGroupIds": [.string("\(Self.group.id)")]]
      let reply = try await client.post("/api/oidc/clients/grafana/allowed-user-groups", groups, cookie, method: "PUT")
      #expect(reply.json["isGroupRestricted"] == true)
      #expect(reply.json["allowedUserGroups"]?.array?.first?["name"] == "family")
      services.on(Admin.SetAllowedClients.self, .changed(detail))
      let clients: JSONValue = ["oidcClientIds": ["grafana"]]
      #expect(
        try await client.post("\(path)/allowed-oidc-clients", clients, cookie, method: "PUT").status == 200)
      #expect(services.asked(Admin.SetAllowedClients.self).first?.clientIDs == ["grafana"])
    }
  }

  @Test("consents are listed, taken back, and the apps that one may use are said")
  func consents() async throws {
    try await withGateway { (services, client) async throws in
      let consent = OIDC.Consent(client: Sample.summary, scopes: ["openid", "email"], lastUsedAt: Sample.date)
      services.on(OIDC.ListConsents.self, .consents(Admin.Page(items: [consent], total: 1, page: 1, limit: 20)))
      let list = try await client.get("/api/oidc/users/me/authorized-clients", cookie)
      #expect(list.json["data"]?.array?.first?["scope"] == "openid email")
      #expect(list.json["data"]?.array?.first?["client"]?["id"] == "grafana")
      _ = try await client.get("/api/oidc/users/\(Sample.user.id)/authorized-clients", cookie)
      #expect(services.asked(OIDC.ListConsents.self).map(\.user) == [nil, Sample.user.id])
      services.on(OIDC.RevokeConsent.self, .revoked)
      let gone = "/api/oidc/users/me/authorized-clients/grafana"
      #expect(try await client.post(gone, [:], cookie, method: "DELETE").status == 204)
      services.on(OIDC.RevokeConsent.self, .notFound)
      #expect(try await client.post(gone, [:], cookie, method: "DELETE").status == 404)
      let accessible = OIDC.AccessibleClient(client: Sample.summary, lastUsedAt: nil, hasConsent: false)
      services.on(
        OIDC.ListAccessibleClients.self, .clients(Admin.Page(items: [accessible], total: 1, page: 1, limit: 20)))
      let apps = try await client.get("/api/oidc/users/me/clients", cookie)
      #expect(apps.json["data"]?.array?.first?["lastUsedAt"] == .null)
    }
  }

  @Test("a preview is three payloads; who may not use the app is a refusal of its own")
  func preview() async throws {
    try await withGateway { (services, client) async throws in
      let payloads = OIDC.PreviewTokens.Preview(
        idToken: ["sub": "a"], accessToken: ["jti": "1"], userInfo: ["sub": "a"])
      services.on(OIDC.PreviewTokens.self, .preview(payloads))
      let path = "/api/oidc/clients/grafana/preview/\(Sample.user.id)"
      let reply = try await client.get("\(path)?scopes=openid%20email", cookie)
      #expect(reply.json["idToken"]?["sub"] == "a" && reply.json["userInfo"]?["sub"] == "a")
      #expect(services.asked(OIDC.PreviewTokens.self).first?.scope == "openid email")
      services.on(OIDC.PreviewTokens.self, .notAllowed)
      #expect(try await client.get(path, cookie).json["code"] == "oidc_access_denied")
    }
  }

  @Test("somebody whom an app does not admit gets a page with the way back, and no script of the app's")
  func denied() async throws {
    try await withGateway { (services, client) async throws in
      services.on(
        OIDC.Authorize.self, .page(.notAllowed(clientName: "Grafana", launchURL: "https://grafana.example.com")))
      let page = try await client.get("/authorize?client_id=grafana", cookie)
      #expect(page.status == 403)
      #expect(page.text.contains("href=\"https://grafana.example.com\"") && page.text.contains("data-other-account"))
      services.on(OIDC.Authorize.self, .page(.notAllowed(clientName: "Grafana", launchURL: "javascript:alert(1)")))
      #expect(try await client.get("/authorize?client_id=grafana", cookie).text.contains("javascript:") == false)
    }
  }
}
