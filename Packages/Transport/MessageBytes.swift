package import LatchkeyProtocol
package import NIOCore

/// Messages to bytes and back, the same over TCP and in the tests' twin of it.
package enum MessageBytes {
  package static func request<Message: ServiceRequest>(
    _ message: Message, _ call: Call
  ) throws(ServiceFailure) -> RequestFrame {
    do {
      return try RequestFrame(message, call)
    } catch {
      if case .textTooLong = error.reason {
        throw ServiceFailure(.textTooLong, mayHaveHappened: false, error.description)
      }
      throw ServiceFailure(.malformed, mayHaveHappened: false, "\(Message.method) could not be written: \(error)")
    }
  }

  package static func response<Message: ServiceRequest>(
    _ bytes: ByteBuffer, of message: Message.Type
  ) throws(ServiceFailure) -> Message.Response {
    do {
      return try bytes.decode(Message.Response.self)
    } catch {
      let happened = Message.replay != .read
      throw ServiceFailure(
        .malformed, mayHaveHappened: happened, "The answer to \(Message.method) could not be read: \(error)")
    }
  }
}

extension ByteBuffer {
  /// Its bytes in place, for as long as `body` runs.
  package func read<Value, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    // NIO's own does not know typed errors.
    let result: Result<Value, Failure> = withUnsafeReadableBytes { bytes in
      do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Decodes the one value that its bytes hold.
  package func decode<Value: Decodable>(_ type: Value.Type) throws(WireError) -> Value {
    try read { (bytes) throws(WireError) in try MessagePack.decode(type, from: bytes) }
  }
}

extension Routes {
  /// Reads the message in a request frame's body.
  package func read(_ body: ByteBuffer, _ head: RequestHead, _ call: Call) throws(ServiceFailure) -> Work {
    try body.read { (bytes) throws(ServiceFailure) in
      try read(UnsafeRawBufferPointer(rebasing: bytes[head.payload]), of: head.method, call)
    }
  }
}
