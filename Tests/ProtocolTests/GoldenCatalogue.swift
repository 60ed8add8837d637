// Golden lines: the bytes of one example of every message and of each of its answers, frozen, in a file per subject.
//
// To add a message, put an entry into its subject's list and run the tests with LATCHKEY_WRITE_GOLDEN=1 once:
//
//     .of(Auth.SignOut(), answers: Auth.SignOut.Response()),
//
// Give every case of an answer's enum an example. A line that exists is never written again: bytes that changed are a
// new version of the method.

import Foundation
import LatchkeyProtocol

/// One message with its examples.
struct GoldenMessage: Sendable {
  let method: MethodName
  let cases: [GoldenCase]

  static func of<Message: ServiceRequest>(_ request: Message, answers: Message.Response...) -> GoldenMessage {
    let responses = answers.enumerated().map { index, answer in
      GoldenCase("\(Message.method) response\(index == 0 ? "" : "-\(index + 1)")", answer)
    }
    return GoldenMessage(method: Message.method, cases: [GoldenCase("\(Message.method) request", request)] + responses)
  }
}

struct GoldenCase: Sendable {
  /// Unique in the catalogue, such as "auth.signOut/1 request".
  let name: String
  /// The example's bytes, as this build writes them.
  let written: @Sendable () throws -> [UInt8]
  /// Bytes read and written again.
  let rewritten: @Sendable ([UInt8]) throws -> [UInt8]

  init<Value: Codable & Sendable>(_ name: String, _ example: Value) {
    self.name = name
    written = { try MessagePack.encode(example) }
    rewritten = { try MessagePack.encode(MessagePack.decode(Value.self, from: $0)) }
  }
}

/// Every message of the protocol, with examples.
enum GoldenCatalogue {
  static var messages: [GoldenMessage] { subjects.values.flatMap { $0 } }

  /// The lists by subject, each in a source file of its own; the name is that of its file in `Golden`.
  static var subjects: [String: [GoldenMessage]] {
    [
      "core": core,
      "auth": auth,
      "oidc": oidc,
      "admin": admin,
      "appearance": appearance,
      "chosenSettings": chosenSettings,
      "apiKeys": apiKeys,
      "waysIn": waysIn,
      "groups": groups,
      "people": people,
      "wardens": wardens,
      "audit": audit,
      "mail": mail,
      "knownApps": knownApps,
      "mismatches": mismatches,
      "firstSteps": firstSteps,
      "images": images,
      "introspection": introspection,
      "logout": logout,
      "signingKeys": signingKeys,
    ]
  }

  private static var core: [GoldenMessage] {
    [.of(Core.Health(), answers: .ready, .notReady(reason: "The database does not answer."))]
  }
}
