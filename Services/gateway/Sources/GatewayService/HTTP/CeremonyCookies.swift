import Encodings
package import Foundation
import LatchkeyProtocol
import ServiceKit

/// The unfinished ceremonies that a browser carries, one cookie each: a user with several tabs runs several at once,
/// and each tab must be able to finish its own.
///
/// The challenge tells which ceremony an answer belongs to. That finds the state and proves nothing: `auth` compares
/// the challenge that it has sealed, and the browser.
package struct CeremonyCookies: Sendable {
  /// One of them, without its value.
  package struct Carried: Sendable, Equatable {
    package let name: String
    let kind: CeremonyKind
    /// Milliseconds since 1970, by the clock of the instance that began it.
    let begun: Int64
    /// The beginning of its challenge.
    let challenge: Substring
    /// The bytes that it takes in the `Cookie` header.
    let bytes: Int
  }

  private let names: CookieNames
  /// Oldest first.
  private let carried: [Carried]

  package init(_ cookies: Cookies, _ names: CookieNames) {
    self.names = names
    carried = cookies.sizes.compactMap { names.ceremony(named: $0.name, bytes: $0.bytes) }
      .sorted { ($0.begun, $0.name) < ($1.begun, $1.name) }
  }

  /// The one that an answer to this challenge belongs to.
  package func answered(_ kind: CeremonyKind, challenge: String) -> Carried? {
    let beginning = challenge.prefix(bytes: CookieNames.challengeBytes)
    return carried.last { $0.kind == kind && $0.challenge == beginning }
  }

  package func newest(_ kind: CeremonyKind) -> Carried? { carried.last { $0.kind == kind } }

  /// Those to drop when another of a kind is begun, so that no more are carried than ``Limits/ceremonies`` and
  /// ``Limits/ceremonyCookies`` allow: the oldest, which are the most likely to be abandoned.
  ///
  /// - Parameters:
  ///   - bytes: the size of the new one.
  ///   - superseded: the challenge of one whose page has said that the new one replaces it.
  package func givingWay(to kind: CeremonyKind, bytes: Int, insteadOf superseded: String?) -> [Carried] {
    var going = superseded.flatMap { answered(kind, challenge: $0) }.map { [$0] } ?? []
    var staying = carried.filter { !going.contains($0) }
    func go(_ one: Carried) {
      going.append(one)
      staying.removeAll { $0 == one }
    }
    while let oldest = staying.first(where: { $0.kind == kind }),
      staying.count(where: { $0.kind == kind }) >= Limits.ceremonies
    {
      go(oldest)
    }
    while let oldest = staying.first, staying.reduce(bytes, { $0 + $1.bytes }) > Limits.ceremonyCookies { go(oldest) }
    return going
  }
}

extension CookieNames {
  /// Bytes of a challenge's text that name a cookie: 72 random bits tell apart the handful that a browser carries.
  static let challengeBytes = 12

  /// One for each ceremony: its kind, when it was begun, and which challenge it is about.
  package func ceremony(_ kind: CeremonyKind, challenge: String, begun: Date) -> String {
    let milliseconds = Int64(begun.timeIntervalSince1970 * 1000)
    return beginning(kind) + "\(milliseconds)-\(challenge.prefix(bytes: Self.challengeBytes))"
  }

  /// What a cookie's name says, if it belongs to a ceremony.
  ///
  /// - Parameter bytes: the size of the whole cookie.
  func ceremony(named name: String, bytes: Int) -> CeremonyCookies.Carried? {
    for kind in CeremonyKind.allCases where name.hasPrefix(beginning(kind)) {
      let parts = name.dropFirst(beginning(kind).count).split(separator: "-", maxSplits: 1)
      guard parts.count == 2, let begun = Int64(parts[0]) else { return nil }
      return CeremonyCookies.Carried(name: name, kind: kind, begun: begun, challenge: parts[1], bytes: bytes)
    }
    return nil
  }

  private func beginning(_ kind: CeremonyKind) -> String { "\(prefix)session-\(kind.rawValue)-" }
}

/// An answer to a ceremony, and the cookie that held the ceremony's state.
struct CeremonyReply: Sendable {
  let answer: Auth.CeremonyAnswer
  let cookie: String?
}

extension Exchange {
  private var unfinished: CeremonyCookies { CeremonyCookies(cookies, site.cookieNames) }

  /// The options of a ceremony, with its state in a cookie for as long as its challenge lives.
  ///
  /// - Parameter superseded: the challenge of one that the page has abandoned for it.
  func begun(
    _ ceremony: Auth.Ceremony, _ kind: CeremonyKind, insteadOf superseded: String? = nil
  ) throws -> Response {
    guard let challenge = try? JSONValue(json: ceremony.options, .own)["challenge"]?.string else {
      throw ServiceFailure(.malformed, mayHaveHappened: false, "A ceremony's options have no challenge.")
    }
    let name = site.cookieNames.ceremony(kind, challenge: challenge, begun: Date())
    let bytes = Cookies.bytes(name, ceremony.state.exposed)
    var response = Response.jsonText(ceremony.options)
    for old in unfinished.givingWay(to: kind, bytes: bytes, insteadOf: superseded) {
      response.set(expired(old.name))
    }
    response.set(cookie(name, ceremony.state, maxAge: 60))
    return response
  }

  /// The browser's answer to a ceremony, as sent, and the state that the browser carried for it. Only the challenge is
  /// read from the answer, to find its cookie.
  func ceremonyReply(_ kind: CeremonyKind) throws -> CeremonyReply {
    reply(kind, try jsonValue(), sent: String(decoding: bytes, as: UTF8.self))
  }

  /// The same for an answer that is part of a body.
  func ceremonyReply(_ kind: CeremonyKind, _ credential: JSONValue) -> CeremonyReply {
    reply(kind, credential, sent: credential.jsonText)
  }

  private func reply(_ kind: CeremonyKind, _ credential: JSONValue, sent text: String) -> CeremonyReply {
    let carried =
      if let challenge = Self.challenge(in: credential) {
        unfinished.answered(kind, challenge: challenge)
      } else {
        // With any state of ours, `auth` can say what is wrong with an answer that names none.
        unfinished.newest(kind)
      }
    let answer = Auth.CeremonyAnswer(
      credential: text, state: carried.flatMap { cookies.token($0.name) }, alsoKnows: Self.knownRefusals)
    return CeremonyReply(answer: answer, cookie: carried?.name)
  }

  /// Those added after the first version of the messages.
  private static let knownRefusals = [Auth.CeremonyRefusal.passkeyChanged.rawValue]

  /// W3C WebAuthn §5.8.1: the client data names the challenge.
  private static func challenge(in credential: JSONValue) -> String? {
    guard let text = credential["response"]?["clientDataJSON"]?.string, let bytes = Base64URL.decode(text) else {
      return nil
    }
    return (try? JSONValue(json: bytes, .body))?["challenge"]?.string
  }

  /// A refused ceremony, which is over too. Without a state the reason is simpler than any that the service could see.
  func refusal(_ refusal: Auth.CeremonyRefusal, _ reply: CeremonyReply) -> Refusal {
    guard refusal == .stateInvalid, reply.answer.state == nil else {
      var refused = Refusal(refusal)
      if let cookie = reply.cookie { refused.headers.add(.setCookie, expired(cookie).header) }
      return refused
    }
    return Refusal(
      .badRequest, "missing_session_id",
      "The cookie of this sign-in is missing: it was begun elsewhere, or it ran out.",
      details: ["reason": .string(refusal.rawValue)])
  }

  /// Removes the state of a finished ceremony.
  func end(_ reply: CeremonyReply, in response: inout Response) {
    if let cookie = reply.cookie { response.set(expired(cookie)) }
  }
}
