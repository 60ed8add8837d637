// Golden files: the bytes of one example of every message and its answer, frozen.
//
// To add a message, put one line into `GoldenCatalogue.messages` and run the tests with LATCHKEY_WRITE_GOLDEN=1 once:
//
//     .of(Auth.SignOut(), answers: Auth.SignOut.Response()),
//
// Give every case of an answer's enum an example. A file that exists is never written again: bytes that changed are a new
// version of the method.

import Foundation
import LatchkeyProtocol

/// One message with its examples.
struct GoldenMessage: Sendable {
  let method: MethodName
  /// File name without extension, and the check of its bytes.
  let files: [GoldenFile]

  static func of<Message: ServiceRequest>(_ request: Message, answers: Message.Response...) -> GoldenMessage {
    let base = "\(Message.method.service).\(Message.method.name).\(Message.method.version)"
    let responses = answers.enumerated().map { index, answer in
      GoldenFile("\(base).response\(index == 0 ? "" : "-\(index + 1)")", answer)
    }
    return GoldenMessage(method: Message.method, files: [GoldenFile("\(base).request", request)] + responses)
  }
}

struct GoldenFile: Sendable {
  let name: String
  /// The example's bytes, as this build writes them.
  let written: @Sendable () throws -> [UInt8]
  /// Bytes read and written again.
  let rewritten: @Sendable ([UInt8]) throws -> [UInt8]

  init<Value: Codable & Sendable>(_ base: String, _ example: Value) {
    name = "\(base).msgpack.hex"
    written = { try MessagePack.encode(example) }
    rewritten = { try MessagePack.encode(MessagePack.decode(Value.self, from: $0)) }
  }
}

/// Every message of the protocol, with examples.
enum GoldenCatalogue {
  static var messages: [GoldenMessage] { core + registered.flatMap { $0 } }

  /// The lists of the services, each in a file of its own.
  static var registered: [[GoldenMessage]] {
    [
      auth,
      oidc,
      admin,
      appearance,
      chosenSettings,
      apiKeys,
      waysIn,
      groups,
      people,
      wardens,
      audit,
      mail,
      knownApps,
      mismatches,
      firstSteps,
      images,
      introspection,
      logout,
      signingKeys,
    ]
  }

  private static var core: [GoldenMessage] {
    [.of(Core.Health(), answers: .ready, .notReady(reason: "The database does not answer."))]
  }
}
