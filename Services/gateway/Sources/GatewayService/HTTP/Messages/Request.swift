package import NIOCore

/// A request as received (RFC 9110 §6), its body perhaps still on its way.
package struct Request: Sendable {
  package let method: Method
  /// The request target (RFC 9112 §3.2) as received; see ``Target``.
  package let target: String
  package let headers: HeaderFields
  package let body: RequestBody
}

/// What follows a request's head, in the pieces in which it arrives. It can be read once; more is read from the client
/// as the pieces are taken.
package struct RequestBody: AsyncSequence, Sendable {
  typealias Source = NIOThrowingAsyncSequenceProducer<
    ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, BodyIntake
  >

  private let pieces: Source?

  /// No body.
  static let empty = RequestBody(pieces: nil)

  private init(pieces: Source?) { self.pieces = pieces }

  init(_ pieces: Source) { self.pieces = pieces }

  package struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let pieces: Source.AsyncIterator?

    package func next() async throws -> ByteBuffer? { try await pieces?.next() }
  }

  package func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces?.makeAsyncIterator()) }
}
