import Encodings
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Set-up")
struct SetUpRouteTests {
  private let person: JSONValue = ["username": "ada", "email": "a@b.c", "firstName": "Ada", "lastName": ""]

  @Test("set-up says whether it is open")
  func status() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SetupStatus.self, .open)
      #expect(try await client.get("/api/signup/setup").status == 204)
      #expect(try await client.get("/setup").status == 200)
      #expect(try await client.get("/")["Location"] == "/setup")
      services.on(Auth.SetupStatus.self, .closed)
      let closed = try await client.get("/api/signup/setup")
      #expect(closed.status == 404 && closed.json["code"] == "setup_not_available")
      #expect(try await client.get("/setup").status == 404)
      #expect(try await client.get("/")["Location"] == "/login")
    }
  }

  @Test("the first administrator is made in two calls")
  func twoCalls() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.BeginSetup.self, .begun(Sample.ceremony))
      let begun = try await client.post("/api/signup/setup/start", person)
      #expect(begun.status == 200 && begun.ceremonies("session-setup").first?.contains("=sealed-state;") == true)
      #expect(
        services.asked(Auth.BeginSetup.self).first?.profile
          == Profile(username: "ada", email: "a@b.c", firstName: "Ada", lastName: ""))
      services.on(Auth.FinishSetup.self, .signedIn(Sample.signedIn()))
      let done = try await client.post(
        "/api/signup/setup", ["username": "ada", "credential": Sample.answer(to: "AAAA")],
        ["Cookie": "session-setup-1-AAAA=sealed-state"])
      #expect(done.cookie("session-setup-1-AAAA")?.contains("Max-Age=0;") == true)
      #expect(done.status == 201 && done.cookie("access_token") != nil && done.json["isAdmin"] == true)
      #expect(
        services.asked(Auth.FinishSetup.self).first?.answer
          == Auth.CeremonyAnswer(
            credential: Sample.answer(to: "AAAA").jsonText, state: Secret("sealed-state"),
            alsoKnows: ["passkeyChanged"]))
    }
  }

  @Test("whether the address is one's own is handed on as it is said, and a call that says nothing says nothing")
  func ownAddress() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.BeginSetup.self, .begun(Sample.ceremony))
      for (said, told) in [(nil, nil), (JSONValue.null, nil), (true, true), (false, false)] as [(JSONValue?, Bool?)] {
        var body: [String: JSONValue] = ["username": "ada", "email": "a@b.c"]
        body["emailVerified"] = said
        _ = try await client.post("/api/signup/setup/start", .object(body))
        #expect(services.asked(Auth.BeginSetup.self).last?.emailVerified == told)
      }
      let odd = try await client.post("/api/signup/setup/start", ["username": "ada", "emailVerified": "yes"])
      #expect(odd.json["details"]?["fields"]?.array?.first?["field"] == "emailVerified")
    }
  }

  @Test("who comes through a proxy is asked for the code, and it is handed on; who sits at the machine is not")
  func code() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.SetupStatus.self, .open)
      services.on(Auth.BeginSetup.self, .begun(Sample.ceremony))
      #expect(try await client.get("/setup").text.contains("name=\"code\"") == false)
      _ = try await client.post("/api/signup/setup/start", person)
      #expect(services.asked(Auth.BeginSetup.self).last?.isFromThisMachine == true)
      for (name, value) in [
        "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9",
        "Via": "1.1 proxy",
        "X-Forwarded-Proto": "https", "X-Forwarded-Host": "id.example.com",
      ] {
        #expect(try await client.get("/setup", [name: value]).text.contains("name=\"code\""), "\(name)")
        let body: JSONValue = ["username": "ada", "code": "K7P2-M0QX-9RST"]
        _ = try await client.post("/api/signup/setup/start", body, [name: value])
        let asked = services.asked(Auth.BeginSetup.self).last
        #expect(asked?.isFromThisMachine == false && asked?.code?.exposed == "K7P2-M0QX-9RST", "\(name)")
      }
    }
  }

  @Test("problems name their field, ours and the service's alike")
  func problems() async throws {
    try await withGateway { (services, client) async throws in
      let reply = try await client.post("/api/signup/setup/start", ["email": 7])
      #expect(reply.status == 400 && reply.json["code"] == "validation_failed")
      let fields = reply.json["details"]?["fields"]?.array ?? []
      #expect(fields.compactMap { $0["field"]?.string } == ["username", "email"])
      services.on(Auth.BeginSetup.self, .invalid([FieldProblem("username", "taken", "Is taken.")]))
      let taken = try await client.post("/api/signup/setup/start", person)
      #expect(taken.json["details"]?["fields"] == [["field": "username", "code": "taken", "message": "Is taken."]])
      let bare = try await client.post("/api/signup/setup", person)
      #expect(bare.status == 400 && bare.json["details"]?["fields"]?.array?.first?["field"] == "credential")
    }
  }

  @Test("who comes second is told so")
  func second() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.FinishSetup.self, .closed)
      let reply = try await client.post("/api/signup/setup", ["credential": ["id": "k"]])
      #expect(reply.status == 409 && reply.json["code"] == "setup_already_completed")
    }
  }
}
