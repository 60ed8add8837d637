import LatchkeyProtocol

/// Messages to bytes and back, the same for both transports.
enum MessageBytes {
  static func request<Message: ServiceRequest>(_ message: Message) throws(ServiceFailure) -> [UInt8] {
    do {
      return try MessagePack.encode(message, longestText: Message.longestText)
    } catch {
      if case .textTooLong = error.reason {
        throw ServiceFailure(.textTooLong, mayHaveHappened: false, error.description)
      }
      throw ServiceFailure(.malformed, mayHaveHappened: false, "\(Message.method) could not be written: \(error)")
    }
  }

  /// The frame body of a request, if it fits.
  static func body(_ envelope: RequestEnvelope) throws(ServiceFailure) -> [UInt8] {
    let body = envelope.body
    guard Frame.fits(body.count) else {
      throw ServiceFailure(.malformed, mayHaveHappened: false, "\(envelope.method) is larger than a frame.")
    }
    return body
  }

  static func response<Message: ServiceRequest>(
    _ bytes: [UInt8], of message: Message.Type
  ) throws(ServiceFailure) -> Message.Response {
    do {
      return try MessagePack.decode(Message.Response.self, from: bytes)
    } catch {
      let happened = Message.replay != .read
      throw ServiceFailure(
        .malformed, mayHaveHappened: happened, "The answer to \(Message.method) could not be read: \(error)")
    }
  }
}
