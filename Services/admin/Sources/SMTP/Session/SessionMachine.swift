import Foundation
import LatchkeyProtocol

/// The conversation that hands over one mail (RFC 5321 §3). Events go in, actions come out; nothing here does I/O.
package struct SessionMachine: Sendable {
  package enum Event: Sendable {
    case received([UInt8])
    /// The TLS handshake succeeded, including the server's certificate; with implicit TLS, before anything else
    /// happens.
    case secured
    /// The connection, its protection or the conversation itself broke, or time ran out.
    case broke(String)
  }

  package enum Action: Sendable, Equatable {
    case send([UInt8])
    /// Begin TLS on this connection now.
    case startTLS
    /// The outcome; reported once.
    case finish(Outcome)
    case close
  }

  private enum Phase: Equatable {
    case greeting, extendedHello, hello, startTLS, handshake
    case authPlain, authLogin, authUser, authPassword
    case sender, recipient, data, content
    /// The outcome is known; the server has been told goodbye.
    case leaving
    case over
  }

  /// How a password is sent (RFC 4954), best first: the mechanisms that servers know, and that need no more than TLS.
  private enum Mechanism: String, CaseIterable {
    case plain = "PLAIN"
    case login = "LOGIN"
  }

  private let submission: Submission
  private let protection: Protection
  private let credentials: Credentials?
  /// What we call ourselves: a host name or an address literal (RFC 5321 §4.1.3).
  private let helloName: String
  private var phase: Phase
  private var isSecure = false
  private var offers = Extensions()
  /// Mechanisms that the server offered and then did not know.
  private var unknownMechanisms: Set<Mechanism> = []
  private var parser = ReplyParser()

  package init(_ submission: Submission, protection: Protection, credentials: Credentials?, helloName: String) {
    self.submission = submission
    self.protection = protection
    self.credentials = credentials
    self.helloName = helloName
    phase = protection == .implicit ? .handshake : .greeting
  }

  package mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .received(let bytes): return received(bytes)
    case .secured:
      guard phase == .handshake else { return [] }
      isSecure = true
      if protection == .implicit {
        phase = .greeting
        return []
      }
      // RFC 3207 §4.2: what the server said in clear text is discarded and asked for again.
      offers = Extensions()
      return send("EHLO \(helloName)", .extendedHello)
    case .broke(let reason): return broke(reason)
    }
  }

  // MARK: Replies

  private mutating func received(_ bytes: [UInt8]) -> [Action] {
    guard phase != .over, phase != .leaving else {
      guard phase == .leaving else { return [] }
      phase = .over
      return [.close]
    }
    parser.append(bytes)
    var actions: [Action] = []
    do {
      while phase != .leaving, phase != .over, let reply = try parser.next() {
        // RFC 5321 §3.8: the server may leave at any time, and says so with 421.
        actions += reply.code == 421 ? said(reply) : take(reply)
      }
    } catch {
      let sentence = error == .tooLong ? "The server's answer is too long." : "The server does not speak SMTP."
      return actions + broke(sentence)
    }
    return actions
  }

  private mutating func take(_ reply: Reply) -> [Action] {
    switch phase {
    case .greeting:
      guard reply.isPositive else { return said(reply) }
      return send("EHLO \(helloName)", .extendedHello)
    case .extendedHello:
      if reply.isPositive {
        offers = Extensions(reply)
        return greeted()
      }
      // RFC 5321 §4.1.4: an old server that knows only HELO; it cannot protect anything.
      guard reply.isPermanent, protection != .startTLS || isSecure else { return said(reply) }
      return send("HELO \(helloName)", .hello)
    case .hello: return reply.isPositive ? greeted() : said(reply)
    case .startTLS:
      guard reply.code == 220 else { return said(reply) }
      // Anything that came with it was sent before TLS protected it, perhaps by an attacker (CVE-2011-0411).
      guard parser.isEmpty else {
        return abort(.deferred(trouble("The server sent more in clear text than its answer to STARTTLS.")))
      }
      phase = .handshake
      return [.startTLS]
    case .authPlain: return reply.code == 235 ? begin() : notAccepted(.plain, reply)
    case .authLogin: return reply.code == 334 ? send(encoded(credentials?.user), .authUser) : notAccepted(.login, reply)
    case .authUser:
      return reply.code == 334 ? send(encoded(credentials?.password.exposed), .authPassword) : said(reply)
    case .authPassword: return reply.code == 235 ? begin() : said(reply)
    case .sender: return reply.isPositive ? send("RCPT TO:<\(submission.to)>", .recipient) : said(reply)
    case .recipient: return reply.isPositive ? send("DATA", .data) : said(reply)
    case .data:
      guard reply.code == 354 else { return said(reply) }
      phase = .content
      return [.send(submission.dataBytes)]
    case .content: return reply.isPositive ? leave(.delivered) : said(reply)
    // Clear text means nothing here: TLS has been requested.
    case .handshake: return abort(.deferred(trouble("The server answered out of turn.")))
    case .leaving, .over: return []
    }
  }

  // MARK: Steps

  private mutating func greeted() -> [Action] {
    if protection == .startTLS, !isSecure {
      guard offers.startTLS else {
        return leave(.deferred(Outcome.Trouble(.encryption, "The server does not offer STARTTLS.")))
      }
      return send("STARTTLS", .startTLS)
    }
    guard let credentials else { return begin() }
    // Without protection only if the operator chose to have none.
    guard isSecure || protection == .none else {
      return leave(.deferred(Outcome.Trouble(.encryption, "The connection is not protected.")))
    }
    return authenticate(credentials)
      ?? leave(
        .deferred(
          Outcome.Trouble(.authentication, "The server offers no sign-in by password (AUTH PLAIN or AUTH LOGIN).")))
  }

  /// With the best mechanism that is left; nil if there is none.
  private mutating func authenticate(_ credentials: Credentials) -> [Action]? {
    let left = Mechanism.allCases.filter {
      offers.authentication.contains($0.rawValue) && !unknownMechanisms.contains($0)
    }
    switch left.first {
    case .plain:
      let message = "\0\(credentials.user)\0\(credentials.password.exposed)"
      return send("AUTH PLAIN \(encoded(message))", .authPlain)
    case .login: return send("AUTH LOGIN", .authLogin)
    case nil: return nil
    }
  }

  /// RFC 4954 §4: 504 is about the mechanism alone, and another may be known. Any other refusal is about who we are.
  private mutating func notAccepted(_ mechanism: Mechanism, _ reply: Reply) -> [Action] {
    guard reply.code == 504, let credentials else { return said(reply) }
    unknownMechanisms.insert(mechanism)
    return authenticate(credentials) ?? said(reply)
  }

  private mutating func begin() -> [Action] {
    guard submission.needsUTF8 else { return send("MAIL FROM:<\(submission.from)>", .sender) }
    guard offers.utf8 else {
      return leave(
        .refused(Outcome.Trouble(.recipient, "The server takes no addresses beyond ASCII (SMTPUTF8).")))
    }
    return send("MAIL FROM:<\(submission.from)> SMTPUTF8", .sender)
  }

  private func encoded(_ text: String?) -> String { Data((text ?? "").utf8).base64EncodedString() }

  private mutating func send(_ line: String, _ next: Phase) -> [Action] {
    phase = next
    return [.send(Array("\(line)\r\n".utf8))]
  }

  // MARK: Endings

  /// The server refused, or its reply was not expected.
  private mutating func said(_ reply: Reply) -> [Action] {
    // Credentials are hidden before the text is cut: half of one would not be found.
    let text = withoutCredentials(reply.text).shortened(to: Limits.shownReply)
    let trouble = trouble("The server said: \(text)")
    let outcome: Outcome = reply.isPermanent ? .refused(trouble) : .deferred(trouble)
    return reply.code == 421 ? abort(outcome) : leave(outcome)
  }

  private mutating func leave(_ outcome: Outcome) -> [Action] {
    phase = .leaving
    return [.finish(outcome), .send(Array("QUIT\r\n".utf8))]
  }

  private mutating func abort(_ outcome: Outcome) -> [Action] {
    phase = .over
    return [.finish(outcome), .close]
  }

  private mutating func broke(_ reason: String) -> [Action] {
    switch phase {
    case .over: return []
    case .leaving:
      phase = .over
      return [.close]
    // RFC 5321 §4.2.5: the content was sent, the reply is missing.
    case .content: return abort(.unknown(trouble(reason)))
    default: return abort(.deferred(trouble(reason)))
    }
  }

  /// Some servers quote what they refuse.
  private func withoutCredentials(_ text: String) -> String {
    guard let credentials, !credentials.password.isEmpty else { return text }
    let password = credentials.password.exposed
    let hidden = [encoded("\0\(credentials.user)\0\(password)"), encoded(password)].reduce(text) {
      $0.replacing($1, with: "…")
    }
    // A password of a letter or two occurs in half of all words, which would be unreadable without it.
    if password.count >= Limits.passwordInWords { return hidden.replacing(password, with: "…") }
    return hidden.split(separator: " ", omittingEmptySubsequences: false).map { $0 == password ? "…" : $0 }
      .joined(separator: " ")
  }

  private func trouble(_ sentence: String) -> Outcome.Trouble { Outcome.Trouble(step, sentence) }

  private var step: Outcome.Step {
    switch phase {
    case .greeting: .greeting
    case .extendedHello, .hello: .hello
    case .startTLS, .handshake: .encryption
    case .authPlain, .authLogin, .authUser, .authPassword: .authentication
    case .sender: .sender
    case .recipient: .recipient
    case .data, .content, .leaving, .over: .message
    }
  }
}

/// What the server offers (RFC 5321 §4.1.1.1): case-insensitive keywords.
private struct Extensions: Sendable {
  var startTLS = false
  var utf8 = false
  var authentication: Set<String> = []

  init() {}

  /// The first line of the answer to EHLO is the server's name.
  init(_ reply: Reply) {
    for line in reply.lines.dropFirst() {
      // Servers of the nineties wrote "AUTH=PLAIN", and some send both forms.
      let words = line.uppercased().split(whereSeparator: { $0 == " " || $0 == "=" }).map(String.init)
      switch words.first {
      case "STARTTLS": startTLS = true
      case "SMTPUTF8": utf8 = true
      case "AUTH": authentication.formUnion(words.dropFirst())
      default: break
      }
    }
  }
}
