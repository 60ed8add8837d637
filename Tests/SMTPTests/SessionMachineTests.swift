import Foundation
import LatchkeyProtocol
import SMTP
import Testing

/// A conversation in lines: `S:` what the server says, `C:` what must be said, `TLS` a handshake that is asked for and
/// ends well.
private struct Script {
  var machine: SessionMachine
  private(set) var pending: [SessionMachine.Action] = []
  private(set) var outcome: Outcome?

  init(
    _ protection: Protection, user: String? = nil, password: String = "s3cret", from: String = "id@example.org",
    to: String = "ada@example.com",
    content: String = "Hi\r\n"
  ) throws {
    let submission = Submission(from: try address(from), to: try address(to), content: Array(content.utf8))
    machine = SessionMachine(
      submission, protection: protection,
      credentials: user.flatMap { Credentials(user: $0, password: Secret(password)) }, helloName: "id.example.org")
    if protection == .implicit { give(.secured) }
  }

  mutating func give(_ event: SessionMachine.Event) {
    for action in machine.handle(event) {
      if case .finish(let result) = action {
        #expect(outcome == nil, "an outcome is said once")
        outcome = result
      } else {
        pending.append(action)
      }
    }
  }

  mutating func play(_ lines: String) {
    for line in lines.split(separator: "\n") {
      if line.hasPrefix("S: ") {
        give(.received(Array("\(line.dropFirst(3))\r\n".utf8)))
      } else if line.hasPrefix("C: ") {
        let expected = line.dropFirst(3).replacing("␍", with: "\r\n")
        let next = pending.isEmpty ? nil : pending.removeFirst()
        guard case .send(let bytes) = next else {
          Issue.record("expected \(line), found \(String(describing: next))")
          return
        }
        #expect(String(decoding: bytes, as: UTF8.self) == "\(expected)\r\n")
      } else {
        #expect(pending.first == .startTLS)
        if !pending.isEmpty { pending.removeFirst() }
        give(.secured)
      }
    }
  }
}

@Suite("the conversation with a server") struct SessionMachineTests {
  private let hello = """
    S: 220 mx ready
    C: EHLO id.example.org

    """
  private let plain = """
    S: 250-mx
    S: 250 8BITMIME

    """
  private let envelope = """
    C: MAIL FROM:<id@example.org>
    S: 250 ok
    C: RCPT TO:<ada@example.com>
    S: 250 ok
    C: DATA
    S: 354 go on

    """
  private let content = """
    C: Hi␍.

    """

  @Test("a mail is handed over, and the server is told goodbye")
  func delivered() throws {
    var script = try Script(.none)
    script.play(hello + plain + envelope + content + "S: 250 queued\nC: QUIT")
    #expect(script.outcome == .delivered)
    script.give(.received(Array("221 bye\r\n".utf8)))
    #expect(script.pending == [.close])
  }

  @Test("a server that knows HELO only is spoken to so")
  func helo() throws {
    var script = try Script(.none)
    script.play(hello + "S: 502 what\nC: HELO id.example.org\nS: 250 mx\n" + envelope + content + "S: 250 ok")
    #expect(script.outcome == .delivered)
  }

  @Test("STARTTLS comes before everything, and what was offered in clear text is forgotten")
  func startTLS() throws {
    var script = try Script(.startTLS, user: "u")
    script.play(
      hello + "S: 250-mx\nS: 250-AUTH PLAIN\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go\nTLS\nC: EHLO id.example.org\n"
        + "S: 250-mx\nS: 250 AUTH LOGIN\nC: AUTH LOGIN")
    #expect(script.outcome == nil)
  }

  @Test("without STARTTLS on offer, nothing is sent, not even a name")
  func stripped() throws {
    var script = try Script(.startTLS, user: "u")
    script.play(hello + "S: 250-mx\nS: 250 AUTH PLAIN\nC: QUIT")
    #expect(script.outcome == .deferred(.init(.encryption, "The server does not offer STARTTLS.")))
    var old = try Script(.startTLS)
    old.play(hello + "S: 502 what\nC: QUIT")
    #expect(old.outcome == .refused(.init(.hello, "The server said: 502 what")))
  }

  @Test("words slipped in before the protection end the conversation")
  func injected() throws {
    var script = try Script(.startTLS)
    script.play(hello + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS")
    script.give(.received(Array("220 go\r\n250-mx\r\n250 AUTH PLAIN\r\n".utf8)))
    #expect(
      script.outcome
        == .deferred(.init(.encryption, "The server sent more in clear text than its answer to STARTTLS.")))
    #expect(script.pending == [.close])
  }

  @Test("half a line slipped in before the protection does too")
  func injectedHalf() throws {
    var script = try Script(.startTLS)
    script.play(hello + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS")
    script.give(.received(Array("220 go\r\n250 fo".utf8)))
    #expect(script.pending == [.close])
  }

  @Test("clear text after the handshake was asked for is no answer")
  func clearDuringHandshake() throws {
    var script = try Script(.startTLS)
    script.play(hello + "S: 250-mx\nS: 250 STARTTLS\nC: STARTTLS\nS: 220 go")
    script.give(.received(Array("250 mx\r\n".utf8)))
    #expect(script.outcome == .deferred(.init(.encryption, "The server answered out of turn.")))
  }

  @Test("AUTH PLAIN says who we are in one line")
  func authPlain() throws {
    var script = try Script(.implicit, user: "u")
    let token = Data("\0u\0s3cret".utf8).base64EncodedString()
    script.play(hello + "S: 250-mx\nS: 250 AUTH LOGIN PLAIN\nC: AUTH PLAIN \(token)\nS: 235 in\n" + envelope + content)
    #expect(script.outcome == nil)
  }

  @Test("AUTH LOGIN says it in three")
  func authLogin() throws {
    var script = try Script(.implicit, user: "u")
    script.play(
      hello + "S: 250-mx\nS: 250 auth=LOGIN\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dQ==\nS: 334 UGFzc3dvcmQ6\n"
        + "C: czNjcmV0\nS: 235 in\n" + envelope + content + "S: 250 ok")
    #expect(script.outcome == .delivered)
  }

  @Test("a way to sign in that the server does not know after all (504) is followed by the next; another no is not")
  func nextMechanism() throws {
    let token = Data("\0u\0s3cret".utf8).base64EncodedString()
    let offered = hello + "S: 250-mx\nS: 250 AUTH PLAIN LOGIN\nC: AUTH PLAIN \(token)\n"
    var script = try Script(.implicit, user: "u")
    script.play(
      offered + "S: 504 5.7.4 Unrecognized authentication type\nC: AUTH LOGIN\nS: 334 VXNlcm5hbWU6\nC: dQ==\n"
        + "S: 334 UGFzc3dvcmQ6\nC: czNjcmV0\nS: 235 in\n" + envelope + content + "S: 250 ok")
    #expect(script.outcome == .delivered)
    var wrong = try Script(.implicit, user: "u")
    wrong.play(offered + "S: 535 5.7.8 Not you\nC: QUIT")
    #expect(wrong.outcome == .refused(.init(.authentication, "The server said: 535 5.7.8 Not you")))
    var neither = try Script(.implicit, user: "u")
    neither.play(offered + "S: 504 5.7.4 Not PLAIN\nC: AUTH LOGIN\nS: 504 5.7.4 Not LOGIN\nC: QUIT")
    #expect(neither.outcome == .refused(.init(.authentication, "The server said: 504 5.7.4 Not LOGIN")))
  }

  @Test("a long refusal is cut between words; a short password does not blot out the words that it is in")
  func shown() throws {
    var script = try Script(.implicit, user: "u", password: "p")
    script.play(hello + "S: 250-mx\nS: 250 AUTH PLAIN")
    script.give(.received(Array("535 type p of people\r\n".utf8)))
    #expect(script.outcome?.trouble?.sentence == "The server said: 535 type … of people")
    var long = try Script(.implicit, user: "u")
    long.play(hello + "S: 250-mx\nS: 250 AUTH PLAIN")
    let words = Array(repeating: "understanding", count: 40).joined(separator: " ")
    long.give(.received(Array("535 \(words)\r\n".utf8)))
    let sentence = try #require(long.outcome?.trouble?.sentence)
    #expect(sentence.hasSuffix(" understanding …") && sentence.count < 325 && sentence.count > 280)
    // The password is found before the text is cut through it.
    var quoted = try Script(.implicit, user: "u", password: String(repeating: "Q", count: 40))
    quoted.play(hello + "S: 250-mx\nS: 250 AUTH PLAIN")
    let filler = String(repeating: "x", count: 280)
    quoted.give(.received(Array("535 \(filler)\(String(repeating: "Q", count: 40))\r\n".utf8)))
    #expect(quoted.outcome?.trouble?.sentence.contains("Q") == false)
  }

  @Test("a server that offers no sign-in is not told a password")
  func noAuth() throws {
    var script = try Script(.implicit, user: "u")
    script.play(hello + "S: 250-mx\nS: 250 AUTH GSSAPI\nC: QUIT")
    #expect(script.outcome?.trouble?.step == .authentication)
  }

  @Test("a refusal that quotes the password is shown without it")
  func quoted() throws {
    var script = try Script(.implicit, user: "u")
    script.play(hello + "S: 250-mx\nS: 250 AUTH PLAIN")
    let token = Data("\0u\0s3cret".utf8).base64EncodedString()
    script.give(.received(Array("535 no: \(token) s3cret\r\n".utf8)))
    #expect(script.outcome == .refused(.init(.authentication, "The server said: 535 no: … …")))
  }

  @Test(
    "whatever the server says at a step, the outcome names the step and whether to come again",
    arguments: [
      ("S: 554 go away", Outcome.Step.greeting, true), ("S: 421 busy", .greeting, false),
      ("S: 220 mx\nS: 421 leaving", .hello, false), ("S: 220 mx\nS: 250 mx\nS: 550 who", .sender, true),
      ("S: 220 mx\nS: 250 mx\nS: 451 later", .sender, false),
      ("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 550 nobody", .recipient, true),
      ("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 450 greylisted", .recipient, false),
      ("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 250 ok\nS: 554 none", .message, true),
      ("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 250 ok\nS: 250 odd", .message, false),
      ("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 552 full", .message, true),
      ("S: 220 mx\nS: 250 mx\nS: 250 ok\nS: 250 ok\nS: 354 go\nS: 451 later", .message, false),
    ])
  func refusals(lines: String, step: Outcome.Step, isFinal: Bool) throws {
    var script = try Script(.none)
    script.play(lines)
    let outcome = try #require(script.outcome)
    #expect(outcome.trouble?.step == step)
    if isFinal {
      guard case .refused = outcome else { return #expect(Bool(false), "\(outcome)") }
    } else {
      guard case .deferred = outcome else { return #expect(Bool(false), "\(outcome)") }
    }
  }

  @Test("a connection that ends before the mail was sent defers it; after, nobody knows")
  func broken() throws {
    var before = try Script(.none)
    before.play(hello + plain)
    before.give(.broke("gone"))
    #expect(before.outcome == .deferred(.init(.sender, "gone")))
    var after = try Script(.none)
    after.play(hello + plain + envelope)
    after.give(.broke("gone"))
    #expect(after.outcome == .unknown(.init(.message, "gone")))
    var garbled = try Script(.none)
    garbled.play(hello + plain + envelope + "S: nonsense")
    #expect(garbled.outcome == .unknown(.init(.message, "The server does not speak SMTP.")))
  }

  @Test("an end after the outcome changes nothing")
  func brokenLate() throws {
    var script = try Script(.none)
    script.play(hello + plain + envelope + content + "S: 250 ok\nC: QUIT")
    script.give(.broke("gone"))
    script.give(.received(Array("550 no\r\n".utf8)))
    #expect(script.outcome == .delivered)
    #expect(script.pending == [.close])
  }

  @Test("dots are doubled and lone line ends made whole")
  func dots() throws {
    for (given, sent) in [
      (".\r\n..a\r\nb.", "..\r\n...a\r\nb.\r\n.\r\n"), ("a\n.\nb", "a\r\n..\r\nb\r\n.\r\n"),
      ("a\r.\r\n", "a\r\n..\r\n.\r\n"), ("", ".\r\n"),
    ] {
      let submission = Submission(
        from: try address("id@example.org"), to: try address("ada@example.com"), content: Array(given.utf8))
      #expect(String(decoding: submission.dataBytes, as: UTF8.self) == sent)
    }
  }

  @Test("an address beyond ASCII needs a server that takes it")
  func utf8() throws {
    var script = try Script(.none, to: "用户@example.com")
    script.play(
      hello
        + "S: 250-mx\nS: 250 SMTPUTF8\nC: MAIL FROM:<id@example.org> SMTPUTF8\nS: 250 ok\nC: RCPT TO:<用户@example.com>")
    var other = try Script(.none, to: "用户@example.com")
    other.play(hello + plain + "C: QUIT")
    #expect(other.outcome?.trouble?.step == .recipient)
  }

  @Test("what the server greets us as is a name or an address in brackets")
  func helloNames() {
    #expect(HelloName.of("id.example.org") == "id.example.org")
    #expect(HelloName.of("192.0.2.1") == "[192.0.2.1]")
    #expect(HelloName.of("[2001:db8::1]") == "[IPv6:2001:db8::1]")
    #expect(HelloName.of("a b\r\nQUIT") == "localhost")
  }
}
