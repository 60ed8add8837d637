import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Token, userinfo, discovery")
struct TokenRouteTests {
  @Test("the form and the Authorization header go to oidc whole; the answer is not to be stored")
  func issued() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.ExchangeToken.self, .issued(["access_token": "a", "expires_in": 3600]))
      let reply = try await client.form(
        "/api/oidc/token", "grant_type=authorization_code&code=1&code=2", ["Authorization": "Basic Zzpz"])
      #expect(reply.status == 200 && reply.json == ["access_token": "a", "expires_in": 3600])
      #expect(reply["Cache-Control"] == "no-store" && reply["Pragma"] == "no-cache")
      #expect(reply["Access-Control-Allow-Origin"] == "*" && reply["Access-Control-Allow-Credentials"] == nil)
      let message = try #require(services.asked(OIDC.ExchangeToken.self).first)
      #expect(message.authorization == Secret("Basic Zzpz"))
      #expect(message.form.map(\.value) == ["authorization_code", "1", "2"])
      // The client's credentials are not a person's session.
      #expect(services.calls(OIDC.ExchangeToken.self).first?.caller.session == nil)
    }
  }

  @Test(
    "a refusal has its status and challenge",
    arguments: [
      (OIDC.Refusal(.request, error: "invalid_grant", description: "No \"such\" code."), 400, nil as String?),
      (OIDC.Refusal(.client, error: "invalid_client", description: "x"), 401, "Basic"),
    ])
  func refused(refusal: OIDC.Refusal, status: Int, challenge: String?) async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.ExchangeToken.self, .refused(refusal))
      let reply = try await client.form("/api/oidc/token", "a=b")
      #expect(reply.status == status && reply.json["error"] == .optional(refusal.error))
      #expect(reply.json["error_description"]?.string?.contains("\"") == false)
      #expect(reply["WWW-Authenticate"]?.split(separator: " ").first.map(String.init) == challenge)
      #expect(reply["Cache-Control"] == "no-store" && reply.json["code"] == nil)
    }
  }

  @Test("only a POSTed form without anything in the address is a token request")
  func shape() async throws {
    try await withGateway { (services, client) async throws in
      let get = try await client.get("/api/oidc/token?grant_type=x")
      #expect(get.status == 405 && get["Allow"] == "POST" && get.json["error"] == "invalid_request")
      #expect(try await client.form("/api/oidc/token?code=1", "a=b").status == 400)
      let json = try await client.send("POST", "/api/oidc/token", ["Content-Type": "application/json"], body: [0x7B])
      #expect(json.status == 415 && json.json["error"] == "invalid_request")
      #expect(try await client.send("POST", "/api/oidc/token").status == 415)
      let large = try await client.form("/api/oidc/token", String(repeating: "a", count: Limits.body + 1))
      #expect(large.status == 413 && large.json["error_description"]?.string?.contains("64 KiB") == true)
      let encoding = try await client.form("/api/oidc/token", "code=%FF")
      #expect(encoding.status == 400 && encoding.json["error_description"]?.string?.contains("code") == true)
      #expect(services.count == 0)
    }
  }

  @Test(
    "questions about tokens, and taking them back, are forms like a token request", arguments: ["introspect", "revoke"])
  func aboutTokens(_ name: String) async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Introspect.self, .answer(["active": false]))
      services.on(OIDC.Revoke.self, .done)
      let path = "/api/oidc/\(name)"
      let reply = try await client.form(path, "token=t&token_type_hint=x", ["Authorization": "Bearer abc"])
      #expect(reply.status == 200 && reply["Cache-Control"] == "no-store" && reply["Pragma"] == "no-cache")
      #expect(name == "revoke" ? reply.body.isEmpty : reply.json == ["active": false])
      #expect(reply["Access-Control-Allow-Origin"] == "*" && reply["Access-Control-Allow-Credentials"] == nil)
      let asked = services.asked(OIDC.Introspect.self).map(\.form) + services.asked(OIDC.Revoke.self).map(\.form)
      #expect(asked == [[FormField("token", "t"), FormField("token_type_hint", "x")]])
      let introspected = services.asked(OIDC.Introspect.self).map(\.authorization)
      #expect(introspected + services.asked(OIDC.Revoke.self).map(\.authorization) == [Secret("Bearer abc")])
      // The header is the client's: nobody is signed in by it.
      let calls = services.calls(OIDC.Introspect.self) + services.calls(OIDC.Revoke.self)
      #expect(calls.allSatisfy { $0.caller.session == nil })

      #expect(try await client.get("\(path)?token=t").status == 405)
      #expect(try await client.form("\(path)?token=t", "a=b").status == 400)
      #expect(try await client.send("POST", path, ["Content-Type": "application/json"], body: [0x7B]).status == 415)
      let preflight = try await client.send(
        "OPTIONS", path, ["Origin": "https://app.example", "Access-Control-Request-Method": "POST"])
      #expect(preflight.status == 204 && preflight["Access-Control-Allow-Origin"] == "*")

      for (refusal, challenge) in [
        (OIDC.Refusal(.client, error: "invalid_client", description: "x"), "Basic"),
        (OIDC.Refusal(.token, error: "invalid_token", description: "x"), "Bearer"),
      ] {
        services.on(OIDC.Introspect.self, .refused(refusal))
        services.on(OIDC.Revoke.self, .refused(refusal))
        let refused = try await client.form(path, "token=t")
        #expect(refused.status == 401 && refused.json["error"] == .optional(refusal.error))
        #expect(refused["WWW-Authenticate"]?.hasPrefix(challenge) == true)
      }
    }
  }

  @Test("a body without a stated length is bounded too")
  func chunked() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.ExchangeToken.self, .issued([:]))
      let headers = ["Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"]
      let small = try await client.send("POST", "/api/oidc/token", headers, body: Array("3\r\na=b\r\n0\r\n\r\n".utf8))
      #expect(small.status == 200 && services.asked(OIDC.ExchangeToken.self).first?.form == [FormField("a", "b")])
      let chunk = "8000\r\n" + String(repeating: "a", count: 0x8000) + "\r\n"
      let body = String(repeating: chunk, count: 5) + "0\r\n\r\n"
      #expect(try await client.send("POST", "/api/oidc/token", headers, body: Array(body.utf8)).status == 413)
    }
  }

  @Test("a browser on any site may ask, without cookies")
  func preflight() async throws {
    try await withGateway { (_, client) async throws in
      for path in ["/api/oidc/token", "/api/oidc/userinfo", "/.well-known/openid-configuration"] {
        let reply = try await client.send(
          "OPTIONS", path, ["Origin": "https://app.example", "Access-Control-Request-Method": "POST"])
        #expect(reply.status == 204 && reply["Access-Control-Allow-Origin"] == "*")
        #expect(reply["Access-Control-Allow-Headers"]?.contains("Authorization") == true)
      }
      let closed = try await client.send("OPTIONS", "/api/users/me", ["Origin": "https://app.example"])
      #expect(closed.status == 405 && closed["Access-Control-Allow-Origin"] == nil)
    }
  }

  @Test("an access token is taken from the header or the form, and from exactly one")
  func userInfo() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.UserInfo.self, .claims(["sub": "1"]))
      let path = "/api/oidc/userinfo"
      #expect(try await client.get(path, ["Authorization": "bEARER t1"]).json == ["sub": "1"])
      #expect(try await client.form(path, "access_token=t2").json == ["sub": "1"])
      #expect(try await client.send("POST", path, ["Authorization": "Bearer t3"]).status == 200)
      _ = try await client.get("\(path)?access_token=t4")
      #expect(services.asked(OIDC.UserInfo.self).map { $0.token?.exposed } == ["t1", "t2", "t3", nil])
      let both = try await client.form(path, "access_token=t", ["Authorization": "Bearer t"])
      #expect(both.status == 400 && both.json["error"] == "invalid_request")
      let twice = try await client.form(path, "access_token=t&access_token=u")
      #expect(twice.status == 400)
      #expect(try await client.get(path, ["Authorization": "Basic eDp5"]).status == 400)
    }
  }

  @Test("a missing token is told no reason, a bad one and a narrow one are (RFC 6750 §3)")
  func challenges() async throws {
    try await withGateway { (services, client) async throws in
      let path = "/api/oidc/userinfo"
      services.on(OIDC.UserInfo.self, .refused(OIDC.Refusal(.token, error: nil, description: "none")))
      let missing = try await client.get(path)
      #expect(missing.status == 401 && missing.body.isEmpty)
      #expect(missing["WWW-Authenticate"] == "Bearer realm=\"http://localhost:1411\"")
      services.on(OIDC.UserInfo.self, .refused(OIDC.Refusal(.token, error: "invalid_token", description: "Expired.")))
      let expired = try await client.get(path, ["Authorization": "Bearer t"])
      #expect(expired.status == 401 && expired["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
      services.on(OIDC.UserInfo.self, .refused(OIDC.Refusal(.scope, error: "insufficient_scope", description: "x")))
      let narrow = try await client.get(path, ["Authorization": "Bearer t"])
      #expect(narrow.status == 403 && narrow["WWW-Authenticate"]?.contains("insufficient_scope") == true)
    }
  }

  @Test("discovery and keys may be cached for a minute, by anybody")
  func discovery() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Metadata.self, ["issuer": "http://localhost:1411"])
      services.on(OIDC.Keys.self, ["keys": []])
      for name in ["openid-configuration", "oauth-authorization-server", "jwks.json"] {
        let reply = try await client.get("/.well-known/\(name)", ["Origin": "https://app.example"])
        #expect(reply.status == 200 && reply["Cache-Control"] == "public, max-age=60")
        #expect(reply["Access-Control-Allow-Origin"] == "*")
        #expect(reply["Cross-Origin-Resource-Policy"] == "cross-origin")
      }
      let head = try await client.send("HEAD", "/.well-known/jwks.json")
      #expect(head.status == 200 && head.body.isEmpty && head["Content-Length"] == "11")
    }
  }
}
