import Foundation
package import LatchkeyProtocol

/// A service of which two processes run, and a network that loses the first answer to every message that may be asked
/// again: the other process is asked under the same request id, as the gateway asks it.
///
/// What `Replay.replayable` promises is so held by every test that sends such a message, whatever else it is about: the
/// second answer has to be the first one, and what it did must not be done twice.
package struct RepeatingSender: MessageSender {
  private let first: any MessageSender
  private let second: any MessageSender

  /// - Parameters:
  ///   - first: answers everything.
  ///   - second: is asked once more whatever may be.
  package init(_ first: any MessageSender, _ second: any MessageSender) {
    self.first = first
    self.second = second
  }

  package func send<Message: ServiceRequest>(
    _ message: Message, _ call: Call
  ) async throws(ServiceFailure) -> Message.Response {
    let answer = try await first.send(message, call)
    guard Message.replay == .replayable else { return answer }
    let again = try await second.send(message, call)
    let (told, toldAgain) = (outcome(answer), outcome(again))
    guard told == toldAgain else {
      throw ServiceFailure(
        .internal, mayHaveHappened: true, "\(Message.method) was answered \(told), and asked again \(toldAgain)")
    }
    return answer
  }

  /// An answer without what may differ between two that say the same: when it is said, the bytes of a signature,
  /// which ECDSA makes anew each time, and what is sealed for a page to bring back.
  private func outcome(_ answer: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    // A finished answer is text, whose tokens are to be seen.
    encoder.dataEncodingStrategy = .custom { data, encoder in
      var container = encoder.singleValueContainer()
      try container.encode(String(data: data, encoding: .utf8) ?? data.base64EncodedString())
    }
    guard let data = try? encoder.encode(answer) else { return "what cannot be written" }
    return String(decoding: data, as: UTF8.self)
      .replacing(#/"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"/#, with: "(a time)")
      .replacing(#/"confirmation":"[^"]+"/#, with: "(sealed)")
      .replacing(#/"[\w\-]{200,}"/#, with: "(sealed)")
      .replacing(#/eyJ[\w\-]+\.[\w\-]+\.[\w\-]+/#, with: "(a token)")
  }
}
