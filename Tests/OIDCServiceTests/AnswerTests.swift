import Encodings
import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

/// What leaves as it is: status, headers and bytes (RFC 6749 §5, RFC 6750 §3, RFC 7009 §2.2).
@Suite struct AnswerTests {
  private func isUnstored(_ answer: OIDC.HTTPAnswer) -> Bool {
    answer["Cache-Control"] == "no-store" && answer["Pragma"] == "no-cache"
  }

  @Test("what was issued is JSON that nobody keeps")
  func issued() async throws {
    let flow = try await Flow.start()
    let form = flow.tokenForm(try await flow.code())
    let answer = try await flow.world.oidc.send(OIDC.ExchangeToken(.init(form: form)), flow.world.call())
    #expect(answer.status == 200 && answer["Content-Type"] == "application/json" && isUnstored(answer))
    #expect(answer.json?["token_type"] == "Bearer" && answer["WWW-Authenticate"] == nil)
    let token = try #require(answer.json?["access_token"]?.string)
    let about = OIDC.ClientRequest(form: form.filter { $0.name.hasPrefix("client_") } + [FormField("token", token)])
    let inactive = try await flow.world.oidc.send(OIDC.Introspect(about), flow.world.call())
    #expect(inactive.status == 200 && isUnstored(inactive))
    let revoked = try await flow.world.oidc.send(OIDC.Revoke(about), flow.world.call())
    #expect(revoked.status == 200 && revoked.body.isEmpty && isUnstored(revoked))
  }

  @Test("whoever is wrong is told so by 400, and who did not authenticate by 401 and a challenge")
  func refused() async throws {
    let flow = try await Flow.start()
    for (changes, status, error) in [
      (["code": "nonsense"], 400, "invalid_grant"), (["grant_type": "x"], 400, "unsupported_grant_type"),
      (["client_secret": "wrong"], 401, "invalid_client"),
    ] {
      let message = OIDC.ExchangeToken(OIDC.ClientRequest(form: flow.tokenForm("c", changes)))
      let answer = try await flow.world.oidc.send(message, flow.world.call())
      #expect(answer.status == status && answer.json?["error"] == .string(error) && isUnstored(answer))
      let challenge = status == 401 ? "Basic realm=\"\(World.appURL)\", charset=\"UTF-8\"" : nil
      #expect(answer["WWW-Authenticate"] == challenge)
    }
    let dead = OIDC.ClientRequest(form: [FormField("token", "t")], authorization: [Secret("Bearer t")])
    let answer = try await flow.world.oidc.send(OIDC.Introspect(dead), flow.world.call())
    #expect(answer.status == 401 && answer["WWW-Authenticate"]?.contains("error=\"invalid_token\"") == true)
  }

  @Test("what stands in the address, and a second Authorization header, are refused before anything is looked up")
  func shape() async throws {
    let flow = try await Flow.start()
    for (headers, hasQuery, sentence) in [
      ([], true, "not in the address"), (["Basic Zzpz", "Basic Zzpz"], false, "two Authorization headers"),
    ] {
      let request = OIDC.ClientRequest(
        form: flow.tokenForm("c"), authorization: headers.map { Secret($0) }, hasQuery: hasQuery)
      for answer in [
        try await flow.world.oidc.send(OIDC.ExchangeToken(request), flow.world.call()),
        try await flow.world.oidc.send(OIDC.Introspect(request), flow.world.call()),
        try await flow.world.oidc.send(OIDC.Revoke(request), flow.world.call()),
      ] {
        #expect(answer.status == 400 && answer.json?["error"] == "invalid_request")
        #expect(answer.json?["error_description"]?.string?.contains(sentence) == true)
      }
    }
  }

  @Test("a missing token is told no reason, a bad one, a narrow one and two are (RFC 6750 §3)")
  func challenges() async throws {
    let flow = try await Flow.start()
    let realm = "Bearer realm=\"\(World.appURL)\""
    func ask(_ headers: [String], _ posted: [String] = []) async throws -> OIDC.HTTPAnswer {
      let form = posted.map { FormField("access_token", $0) }
      let message = OIDC.UserInfo(authorization: headers.map { Secret($0) }, form: form)
      return try await flow.world.oidc.send(message, flow.world.call())
    }
    let missing = try await ask([])
    #expect(missing.status == 401 && missing.body.isEmpty && missing["WWW-Authenticate"] == realm)
    let bad = try await ask(["Bearer t"])
    #expect(bad.status == 401 && bad["WWW-Authenticate"]?.hasPrefix("\(realm), error=\"invalid_token\"") == true)
    let narrow = try await flow.tokens(["scope": "email"]).accessToken
    let narrowed = try await ask(["Bearer \(narrow)"])
    #expect(narrowed.status == 403)
    #expect(narrowed["WWW-Authenticate"]?.contains("error=\"insufficient_scope\"") == true)
    #expect(narrowed["WWW-Authenticate"]?.hasSuffix("scope=\"openid\"") == true)
    for wrong in [try await ask(["Bearer t"], ["t"]), try await ask([], ["t", "u"]), try await ask(["Basic eDp5"])] {
      #expect(wrong.status == 400 && wrong.json?["error"] == "invalid_request" && isUnstored(wrong))
      #expect(wrong["WWW-Authenticate"]?.hasPrefix("\(realm), error=\"invalid_request\"") == true)
    }
    let token = try await flow.tokens().accessToken
    for good in [try await ask(["bEARER \(token)"]), try await ask([], [token])] {
      #expect(good.status == 200 && good.json?["sub"] != nil)
    }
  }

  @Test("discovery names the paths that the gateway has, and may be kept for a minute, as the keys may")
  func published() async throws {
    let world = try await World()
    var paths = OIDC.Metadata.sample.paths
    paths.token = "/elsewhere"
    let metadata = try await world.oidc.send(OIDC.Metadata(paths), world.call())
    #expect(metadata.json?["token_endpoint"] == .string("\(World.appURL)/elsewhere"))
    #expect(metadata.json?["authorization_endpoint"] == .string("\(World.appURL)/authorize"))
    for answer in [metadata, try await world.oidc.send(OIDC.Keys(), world.call())] {
      #expect(answer.status == 200 && answer["Content-Type"] == "application/json")
      #expect(answer["Cache-Control"] == "public, max-age=60")
    }
  }

  @Test("a claim that reads like HTML is written so that nothing can take it for HTML")
  func markup() async throws {
    let flow = try await Flow.start()
    let name = "<b>Ada & Co</b>"
    let profile = Profile(
      username: "ada", email: "ada@example.com", firstName: "Ada", lastName: "Lovelace", displayName: name)
    _ = try await flow.world.admin.send(Admin.UpdateOwnProfile(profile: profile), flow.browser.call())
    let token = try await flow.tokens(["scope": "openid profile"]).accessToken
    let message = OIDC.UserInfo(authorization: [Secret("Bearer \(token)")])
    let answer = try await flow.world.oidc.send(message, flow.world.call())
    #expect(answer.json?["display_name"] == .string(name))
    #expect(!String(decoding: answer.body, as: UTF8.self).contains { "<>&".contains($0) })
  }
}
