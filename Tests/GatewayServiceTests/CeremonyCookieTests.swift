import Encodings
import Foundation
import GatewayService
import LatchkeyProtocol
import ServiceKit
import Testing

@Suite("Several ceremonies in one browser")
struct CeremonyCookieTests {
  private static let kinds: [(kind: String, begin: String, finish: String)] = [
    ("sign-in", "/api/webauthn/login/start", "/api/webauthn/login/finish"),
    ("proof", "/api/webauthn/reauthenticate/start?purpose=api-key", "/api/webauthn/reauthenticate"),
    ("passkey", "/api/webauthn/register/start", "/api/webauthn/register/finish"),
  ]

  private func ceremony(_ challenge: String) -> Auth.Ceremony {
    Auth.Ceremony(options: #"{"challenge":"\#(challenge)"}"#, state: Secret("state-of-\(challenge)"))
  }

  @Test("two that are begun have a cookie each, whatever they are for, and each answer finds its own", arguments: kinds)
  func twoTabs(_ kind: (kind: String, begin: String, finish: String)) async throws {
    try await withGateway { (services, client) async throws in
      var jar = "access_token=t; browser=\(browserToken)"
      for challenge in ["first-challenge", "second-challenge"] {
        services.on(Auth.BeginSignIn.self, ceremony(challenge))
        services.on(Auth.BeginProof.self, .begun(ceremony(challenge)))
        services.on(Auth.BeginPasskey.self, .begun(ceremony(challenge)))
        let begun = try await client.get(kind.begin, ["Cookie": jar])
        let cookies = begun.ceremonies("session-\(kind.kind)")
        try #require(cookies.count == 1)
        jar += "; " + cookies[0].prefix { $0 != ";" }
      }
      services.on(Auth.FinishSignIn.self, .signedIn(Sample.signedIn()))
      services.on(Auth.FinishProof.self, .proven)
      services.on(Auth.FinishPasskey.self, .added(Sample.passkey))
      for challenge in ["first-challenge", "second-challenge"] {
        let done = try await client.post(kind.finish, Sample.answer(to: challenge), ["Cookie": jar])
        #expect((200...204).contains(done.status))
        let states =
          services.asked(Auth.FinishSignIn.self).map(\.answer.state)
          + services.asked(Auth.FinishProof.self).map(\.answer.state)
          + services.asked(Auth.FinishPasskey.self).map(\.answer.state)
        #expect(states.last == Secret("state-of-\(challenge)"))
        let gone = done.ceremonies("session-\(kind.kind)")
        #expect(gone.count == 1 && gone[0].contains("-\(challenge.prefix(12))=;") && gone[0].contains("Max-Age=0;"))
      }
    }
  }

  @Test("a passkey's answer reaches the service byte for byte, and within the bounds of its reader")
  func asSent() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.FinishSignIn.self, .refused(.verificationFailed))
      let text = " {\n\t\"rawId\" : \"\\u0041<é>\",\"id\":1.0e+0, \"response\":{} }\n"
      func send(_ text: String) async throws -> Reply {
        try await client.send(
          "POST", "/api/webauthn/login/finish",
          ["Content-Type": "application/json", "Cookie": "session-sign-in-1-AAAA=a"], body: Array(text.utf8))
      }
      _ = try await send(text)
      #expect(services.asked(Auth.FinishSignIn.self).map(\.answer.credential) == [text])
      let twice = try await send(#"{"id":"a","id":"b"}"#)
      #expect(twice.status == 400 && twice.json["error"]?.string?.contains("stands twice") == true)
      #expect(services.asked(Auth.FinishSignIn.self).count == 1)
    }
  }

  @Test("a refused ceremony is over: its cookie goes, and the others stay")
  func refused() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.FinishSignIn.self, .refused(.verificationFailed))
      let jar = ["Cookie": "session-sign-in-1-AAAA=a; session-sign-in-2-BBBB=b"]
      let refused = try await client.post("/api/webauthn/login/finish", Sample.answer(to: "AAAA"), jar)
      #expect(refused.json["code"] == "webauthn_authentication_failed")
      #expect(refused.ceremonies("session-sign-in").map { $0.prefix { $0 != ";" } } == ["session-sign-in-1-AAAA="])
    }
  }

  @Test("an answer to a challenge that no cookie is about has no state; one that names none gets the newest")
  func unknown() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.FinishSignIn.self, .refused(.stateInvalid))
      let jar = [
        "Cookie":
          "session-sign-in-2-BBBB=b; session-sign-in-10-CCCC=c; session-sign-in-1-AAAA=a; session-proof-99-DDDD=d"
      ]
      let other = try await client.post("/api/webauthn/login/finish", Sample.answer(to: "DDDD"), jar)
      #expect(other.json["code"] == "missing_session_id" && other.ceremonies("session-sign-in").isEmpty)
      #expect(services.asked(Auth.FinishSignIn.self).last?.answer.state == nil)
      for unreadable: JSONValue in [
        ["id": "x"], ["response": ["clientDataJSON": "!"]], ["response": ["clientDataJSON": "AAAA"]],
      ] {
        _ = try await client.post("/api/webauthn/login/finish", unreadable, jar)
        #expect(services.asked(Auth.FinishSignIn.self).last?.answer.state == Secret("c"))
      }
    }
  }

  @Test("one that a page gives up for another goes; what is no ceremony's cookie is not touched")
  func superseded() async throws {
    try await withGateway { (services, client) async throws in
      services.on(Auth.BeginSignIn.self, ceremony("CCCC"))
      let jar = ["Cookie": "session-sign-in-1-AAAA=a; session-sign-in-2-BBBB=b; session-sign-in-x=y; other=z"]
      let begun = try await client.get("/api/webauthn/login/start?instead=AAAA", jar)
      let names = begun.all("Set-Cookie").map { String($0.prefix { $0 != "=" }) }
      #expect(names.filter { !$0.hasSuffix("-CCCC") && !$0.hasPrefix("browser") } == ["session-sign-in-1-AAAA"])
      let stranger = try await client.get("/api/webauthn/login/start?instead=other", jar)
      #expect(stranger.all("Set-Cookie").filter { $0.contains("Max-Age=0;") }.isEmpty)
    }
  }

  private func carried(_ cookies: [String]) -> CeremonyCookies {
    CeremonyCookies(Cookies([.cookie: cookies.joined(separator: "; ")]), CookieNames(isSecure: false))
  }

  @Test("no more of a kind are carried than the limit says: the oldest gives way, wherever it stands in the header")
  func number() {
    var cookies = (1...Limits.ceremonies).map { "session-sign-in-\(100 + $0)-AAAA\($0)=s" }
    cookies.append("session-proof-1-AAAA=s")
    cookies.shuffle()
    let going = carried(cookies).givingWay(to: .signIn, bytes: 100, insteadOf: nil)
    #expect(going.map(\.name) == ["session-sign-in-101-AAAA1"])
    #expect(carried(cookies).givingWay(to: .passkey, bytes: 100, insteadOf: nil).isEmpty)
    #expect(
      carried(cookies).givingWay(to: .signIn, bytes: 100, insteadOf: "AAAA5").map(\.name)
        == ["session-sign-in-105-AAAA5"])
  }

  @Test("all of them together take no more of the Cookie header than the limit says, whatever their kind")
  func bytes() {
    let value = String(repeating: "s", count: 900)
    let cookies = ["session-proof-1-A=\(value)", "session-sign-in-2-B=\(value)", "session-setup-3-C=\(value)"]
    #expect(carried(cookies).givingWay(to: .setup, bytes: 900, insteadOf: nil).isEmpty)
    #expect(carried(cookies).givingWay(to: .setup, bytes: 1500, insteadOf: nil).map(\.name) == ["session-proof-1-A"])
    let all = carried(cookies).givingWay(to: .setup, bytes: Limits.ceremonyCookies, insteadOf: nil)
    #expect(all.map(\.name) == ["session-proof-1-A", "session-sign-in-2-B", "session-setup-3-C"])
  }
}
