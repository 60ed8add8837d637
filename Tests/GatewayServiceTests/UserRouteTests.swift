import Encodings
import Foundation
import LatchkeyProtocol
import Testing

@Suite("People, over HTTP")
struct UserRouteTests {
  private let cookie = ["Cookie": "access_token=t"]
  private let path = "/api/users/\(Sample.user.id)"
  private let body: JSONValue = [
    "username": "grace", "email": "grace@example.com", "firstName": "Grace", "lastName": "Hopper", "isAdmin": false,
  ]

  @Test("a list is asked for as the address says, and answered in Pocket ID's form")
  func list() async throws {
    try await withGateway { (services, client) async throws in
      var user = Sample.user
      user.groups = [
        GroupSummary(id: GroupID(UUID()), name: "family", friendlyName: "The family", createdAt: Sample.date)
      ]
      user.customClaims = [CustomClaim(key: "shelf", value: "blue")]
      services.on(Admin.ListUsers.self, .users(Admin.Page(items: [user], total: 41, page: 2, limit: 20)))
      let reply = try await client.get(
        "/api/users?pagination%5Bpage%5D=2&search=ada&sort%5Bcolumn%5D=email&filters%5Bdisabled%5D%5B%5D=false", cookie)
      #expect(reply.json["pagination"]?["totalPages"] == 3 && reply.json["pagination"]?["totalItems"] == 41)
      let first = reply.json["data"]?.array?.first
      #expect(first?["userGroups"]?.array?.first?["name"] == "family" && first?["ldapId"] == .some(.null))
      #expect(first?["customClaims"] == [["key": "shelf", "value": "blue"]])
      let asked = try #require(services.asked(Admin.ListUsers.self).first)
      #expect(asked.page.page == 2 && asked.page.search == "ada" && asked.page.sortColumn == "email")
      #expect(asked.filter == Admin.UserFilter(disabled: false))
      for query in ["filters[isAdmin][]=true&filters[isAdmin][]=false", ""] {
        _ = try await client.get("/api/users?\(query)", cookie)
        #expect(services.asked(Admin.ListUsers.self).last?.filter == Admin.UserFilter())
      }
    }
  }

  @Test(
    "a filter in any of Pocket ID's spellings filters, and one that is not understood is refused by name",
    arguments: [
      ("filters[isAdmin]=true", nil), ("filters[isAdmin][]=true", nil), ("filters[isAdmin][0]=true", nil),
      ("filters[isAdmin][17]=true", nil), ("filters%5BIsAdmin%5D%5B0%5D=true", nil),
      ("filters[isAdmin][0]=true&filters[isAdmin][1]=true", nil),
      ("filters[disabled][]=perhaps", "filters[disabled]"), ("filters[isAdmin]=", "filters[isAdmin]"),
      ("filters[nonsense]=true", "filters[nonsense]"), ("filters[isadmin]=true", "filters[isadmin]"),
      ("filters[isAdmin][x]=true", "filters[isAdmin][x]"), ("filters[isAdmin]x=true", "filters[isAdmin]x"),
      ("filters[isAdmin=true", "filters[isAdmin"), ("filters.isAdmin=true", "filters.isAdmin"),
      ("filters[]=true", "filters[]"), ("filter[isAdmin]=true", "filter[isAdmin]"),
      ("filters[isAdmin][0]=true&filters[event]=x", "filters[event]"),
    ])
  func filters(query: String, refused: String?) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListUsers.self, .users(Admin.Page(items: [], total: 0, page: 1, limit: 20)))
      let reply = try await client.get("/api/users?\(query)", cookie)
      if let refused {
        let field = reply.json["details"]?["fields"]?.array?.first?["field"]
        #expect(reply.status == 400 && field == .string(refused) && services.count == 0)
      } else {
        #expect(services.asked(Admin.ListUsers.self).map(\.filter) == [Admin.UserFilter(isAdmin: true)])
        #expect(reply.json["pagination"]?["totalPages"] == 1)
      }
    }
  }

  @Test("a list that cannot be filtered refuses every filter")
  func unfiltered() async throws {
    try await withGateway { (services, client) async throws in
      for path in ["/api/user-groups", "/api/signup-tokens", "/api/api-keys", "/api/oidc/users/me/clients"] {
        let reply = try await client.get("\(path)?filters[isAdmin][0]=true", cookie)
        #expect(reply.status == 400 && reply.json["details"]?["fields"]?.array?.first?["code"] == "unknown", "\(path)")
      }
      #expect(services.count == 0)
    }
  }

  @Test(
    "a page, a limit and a direction that make no sense are the usual ones",
    arguments: [
      ("", 1, 20, false), ("pagination[page]=0&pagination[limit]=0", 1, 20, false),
      ("pagination[page]=-1&pagination[limit]=-1", 1, 20, false),
      ("pagination[page]=two&pagination[limit]=ten&sort[direction]=up", 1, 20, false),
      ("pagination[page]=99999999999999999999&pagination[limit]=101", 1, 100, false),
      ("pagination[page]=3&pagination[limit]=7&sort[direction]=%20DESC", 3, 7, true),
      ("page=2&limit=5", 1, 20, false),
    ])
  func paging(query: String, page: Int, limit: Int, descending: Bool) async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.ListUsers.self, .users(Admin.Page(items: [], total: 0, page: 1, limit: 20)))
      #expect(try await client.get("/api/users?\(query)", cookie).status == 200)
      let asked = try #require(services.asked(Admin.ListUsers.self).first?.page)
      #expect(asked.page == page && asked.limit == limit && asked.descending == descending)
    }
  }

  @Test("whoever makes or renames a person takes names that are kept for others, unless they say that they spare them")
  func retiredNames() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.CreateUser.self, .created(Sample.user))
      services.on(Admin.UpdateUser.self, .updated(Sample.user))
      var sparing = try #require(body.object)
      sparing["keepRetiredNames"] = true
      for sent in [body, .object(sparing)] {
        _ = try await client.post("/api/users", sent, cookie)
        _ = try await client.post(path, sent, cookie, method: "PUT")
      }
      #expect(services.asked(Admin.CreateUser.self).map(\.takesRetiredNames) == [true, false])
      #expect(services.asked(Admin.UpdateUser.self).map(\.takesRetiredNames) == [true, false])
    }
  }

  @Test("a member is found in any case, as by Go, and by its own name first")
  func memberNames() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Admin.CreateUser.self, .created(Sample.user))
      let sent: JSONValue = [
        "Username": "Grace", "username": "grace", "EMAIL": "grace@example.com", "displayname": "", "lastName": .null,
      ]
      _ = try await client.post("/api/users", sent, cookie)
      let profile = services.asked(Admin.CreateUser.self).first?.account.profile
      #expect(profile?.username == "grace" && profile?.email == "grace@example.com")
      #expect(profile?.displayName == "" && profile?.lastName == "")
      _ = try await client.post("/api/users", body, cookie)
      #expect(services.asked(Admin.CreateUser.self).last?.account.profile.displayName == nil)
    }
  }

  @Test("names that cannot be had are a conflict that says at which field; anything else wrong is a bad request")
  func conflicts() async throws {
    try await withGateway { (services, client) async throws in
      let taken = FieldProblem("username", "taken", "Somebody has this username.")
      let retired = FieldProblem("email", "retired", "Kept until 2026-12-24.")
      services.on(Admin.CreateUser.self, .invalid([taken, retired]))
      let conflict = try await client.post("/api/users", body, cookie)
      #expect(conflict.status == 409 && conflict.json["code"] == "already_in_use")
      #expect(conflict.json["details"]?["fields"]?.array?.map { $0["code"] } == ["taken", "retired"])
      #expect(conflict.json["details"]?["property"] == "username")
      #expect(conflict.json["error"] == "Username is already in use")
      services.on(Admin.CreateUser.self, .invalid([taken, FieldProblem("lastName", "too_long", "Too long.")]))
      let wrong = try await client.post("/api/users", body, cookie)
      #expect(wrong.status == 400 && wrong.json["code"] == "validation_failed")
    }
  }

  @Test("every refusal has its status and code")
  func refusals() async throws {
    try await withGateway { (services, client) async throws in
      func put() async throws -> (Int, JSONValue?) {
        let reply = try await client.post(path, body, cookie, method: "PUT")
        return (reply.status, reply.json["code"])
      }
      let answers: [(Admin.UpdateUser.Response, Int, JSONValue)] = [
        (.refused(.lastAdministrator), 409, "last_administrator"), (.refused(.ownAccount), 409, "own_account"),
        (.notFound, 404, "user_not_found"), (.denied(.proofRequired), 401, "reauthentication_required"),
        (.denied(.notAdministrator), 403, "forbidden"), (.denied(.notSignedIn), 401, "not_signed_in"),
      ]
      for (answer, status, code) in answers {
        services.on(Admin.UpdateUser.self, answer)
        let found = try await put()
        #expect(found.0 == status && found.1 == code)
      }
      let ids: JSONValue = ["userGroupIds": ["no uuid"]]
      let groups = try await client.post("\(path)/user-groups", ids, cookie, method: "PUT")
      #expect(groups.json["details"]?["fields"]?.array?.first?["field"] == "userGroupIds[0]")
      #expect(try await client.post("\(path)/user-groups", [:], cookie, method: "PUT").status == 400)
      #expect(try await client.get("/api/users/7", cookie).status == 404)
    }
  }

  @Test("pages are for administrators, and lead others to sign in or away")
  func pages() async throws {
    try await withGateway { (services, client) async throws in
      let list = "/settings/admin/users"
      #expect(try await client.get(list)["Location"] == "/login?redirect=%2Fsettings%2Fadmin%2Fusers")
      services.on(Auth.CurrentSession.self, .signedIn(Sample.user, Sample.session))
      services.on(Admin.ListUsers.self, .denied(.notAdministrator))
      #expect(try await client.get(list, cookie).status == 403)
      services.on(Admin.ListUsers.self, .users(Admin.Page(items: [Sample.user], total: 1, page: 1, limit: 20)))
      let page = try await client.get("\(list)?search=ada&show=administrators&order=newest&page=3", cookie)
      #expect(page.status == 200 && page.text.contains("Ada Lovelace"))
      let asked = try #require(services.asked(Admin.ListUsers.self).last)
      #expect(asked.filter == Admin.UserFilter(isAdmin: true) && asked.page.descending && asked.page.page == 3)
      services.on(Admin.GetUser.self, .user(Sample.user))
      services.on(Auth.ListPasskeysOf.self, .passkeys([Sample.passkey]))
      services.on(Auth.ListSessionsOf.self, .sessions([Sample.session]))
      let one = try await client.get("\(list)/\(Sample.user.id)", cookie)
      #expect(one.status == 200 && one.text.contains("Laptop") && !one.text.contains("data-delete"))
      services.on(Admin.GetUser.self, .notFound)
      #expect(try await client.get("\(list)/\(Sample.user.id)", cookie).status == 404)
    }
  }
}
