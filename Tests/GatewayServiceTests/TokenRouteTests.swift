import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import Testing

@Suite("Token, userinfo, discovery")
struct TokenRouteTests {
  @Test("the form and the Authorization headers go to oidc whole, and its answer is written as it is")
  func issued() async throws {
    try await withGateway { (services, client) async throws in
      let fields = [
        OIDC.HTTPAnswer.Field("Cache-Control", "no-store"), .init("WWW-Authenticate", "Basic realm=\"x\""),
        .init("X-Of-Tomorrow", "y"),
      ]
      services.on(OIDC.ExchangeToken.self, .json(["error": "invalid_client"], status: 401, fields))
      let reply = try await client.form(
        "/api/oidc/token", "grant_type=authorization_code&code=1&code=2", ["Authorization": "Basic Zzpz"])
      #expect(reply.status == 401 && reply.text == "{\"error\":\"invalid_client\"}")
      for field in fields { #expect(reply[field.name] == field.value) }
      #expect(reply["Content-Type"] == "application/json" && reply["X-Request-ID"] != nil)
      #expect(reply["Access-Control-Allow-Origin"] == "*" && reply["Access-Control-Allow-Credentials"] == nil)
      let message = try #require(services.asked(OIDC.ExchangeToken.self).first?.request)
      #expect(message.authorization == [Secret("Basic Zzpz")] && !message.hasQuery)
      #expect(message.form.map(\.value) == ["authorization_code", "1", "2"])
      // The client's credentials are not a person's session.
      #expect(services.calls(OIDC.ExchangeToken.self).first?.caller.session == nil)
    }
  }

  @Test("only a POSTed form is a token request, and what stands in the address is told")
  func shape() async throws {
    try await withGateway { (services, client) async throws in
      let get = try await client.get("/api/oidc/token?grant_type=x")
      #expect(get.status == 405 && get["Allow"] == "POST" && get.json["error"] == "invalid_request")
      let json = try await client.send("POST", "/api/oidc/token", ["Content-Type": "application/json"], body: [0x7B])
      #expect(json.status == 415 && json.json["error"] == "invalid_request")
      #expect(try await client.send("POST", "/api/oidc/token").status == 415)
      let large = try await client.form("/api/oidc/token", String(repeating: "a", count: Limits.body + 1))
      #expect(large.status == 413 && large.json["error_description"]?.string?.contains("64 KiB") == true)
      let encoding = try await client.form("/api/oidc/token", "code=%FF")
      #expect(encoding.status == 400 && encoding.json["error_description"]?.string?.contains("code") == true)
      #expect(services.count == 0)
      for (path, hasQuery) in [("?code=1", true), ("?", true), ("", false)] {
        _ = try await client.form("/api/oidc/token\(path)", "a=b")
        #expect(services.asked(OIDC.ExchangeToken.self).last?.request.hasQuery == hasQuery)
      }
    }
  }

  @Test(
    "questions about tokens, and taking them back, are forms like a token request", arguments: ["introspect", "revoke"])
  func aboutTokens(_ name: String) async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.Introspect.self, .json(["active": false]))
      services.on(OIDC.Revoke.self, OIDC.HTTPAnswer(status: 200, fields: [], body: Data()))
      let path = "/api/oidc/\(name)"
      let reply = try await client.form(path, "token=t&token_type_hint=x", ["Authorization": "Bearer abc"])
      #expect(reply.status == 200 && (name == "revoke" ? reply.body.isEmpty : reply.json == ["active": false]))
      #expect(reply["Access-Control-Allow-Origin"] == "*" && reply["Access-Control-Allow-Credentials"] == nil)
      let asked = services.asked(OIDC.Introspect.self).map(\.request) + services.asked(OIDC.Revoke.self).map(\.request)
      #expect(
        asked == [
          OIDC.ClientRequest(
            form: [FormField("token", "t"), FormField("token_type_hint", "x")], authorization: [Secret("Bearer abc")])
        ])
      // The header is the client's: nobody is signed in by it.
      let calls = services.calls(OIDC.Introspect.self) + services.calls(OIDC.Revoke.self)
      #expect(calls.allSatisfy { $0.caller.session == nil })

      #expect(try await client.get("\(path)?token=t").status == 405)
      #expect(try await client.send("POST", path, ["Content-Type": "application/json"], body: [0x7B]).status == 415)
      let preflight = try await client.send(
        "OPTIONS", path, ["Origin": "https://app.example", "Access-Control-Request-Method": "POST"])
      #expect(preflight.status == 204 && preflight["Access-Control-Allow-Origin"] == "*")
    }
  }

  @Test("a body without a stated length is bounded too")
  func chunked() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.ExchangeToken.self, .json([:]))
      let headers = ["Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"]
      let small = try await client.send("POST", "/api/oidc/token", headers, body: Array("3\r\na=b\r\n0\r\n\r\n".utf8))
      #expect(
        small.status == 200 && services.asked(OIDC.ExchangeToken.self).first?.request.form == [FormField("a", "b")])
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

  @Test("what may be an access token goes to oidc from every header and from a POSTed form, and from no address")
  func userInfo() async throws {
    try await withGateway { (services, client) async throws in
      services.on(OIDC.UserInfo.self, .json(["sub": "1"]))
      let path = "/api/oidc/userinfo"
      #expect(try await client.get(path, ["Authorization": "bEARER t1"]).json == ["sub": "1"])
      #expect(try await client.form(path, "access_token=t2&access_token=t3").json == ["sub": "1"])
      #expect(try await client.send("POST", path, ["Authorization": "Bearer t4"]).status == 200)
      _ = try await client.get("\(path)?access_token=t5")
      let asked = services.asked(OIDC.UserInfo.self)
      #expect(asked.map { $0.authorization.map(\.exposed) } == [["bEARER t1"], [], ["Bearer t4"], []])
      #expect(asked.map { $0.form.map(\.value) } == [[], ["t2", "t3"], [], []])
      #expect(services.calls(OIDC.UserInfo.self).allSatisfy { $0.caller.session == nil })
    }
  }

  @Test("discovery and keys may be cached for a minute, by anybody")
  func discovery() async throws {
    try await withGateway { (services, client) async throws in
      let kept = OIDC.HTTPAnswer.Field("Cache-Control", "public, max-age=60")
      services.on(OIDC.Metadata.self, .json(["issuer": "http://localhost:1411"], [kept]))
      services.on(OIDC.Keys.self, .json(["keys": []], [kept]))
      for name in ["openid-configuration", "oauth-authorization-server", "jwks.json"] {
        let reply = try await client.get("/.well-known/\(name)", ["Origin": "https://app.example"])
        #expect(reply.status == 200 && reply["Cache-Control"] == "public, max-age=60")
        #expect(reply["Access-Control-Allow-Origin"] == "*")
        #expect(reply["Cross-Origin-Resource-Policy"] == "cross-origin")
      }
      let head = try await client.send("HEAD", "/.well-known/jwks.json")
      #expect(head.status == 200 && head.body.isEmpty && head["Content-Length"] == "11")
      // Every path that discovery is to name is one of ours.
      let paths = try #require(services.asked(OIDC.Metadata.self).first?.paths)
      for path in [
        paths.authorization, paths.token, paths.userInfo, paths.introspection, paths.revocation, paths.endSession,
        paths.keys,
      ] {
        let status = try await client.get(path).status
        #expect(path.hasPrefix("/") && status != 404, "\(path)")
      }
    }
  }
}
