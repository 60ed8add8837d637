import Dispatch
import Synchronization

/// Makes pictures on its own thread, one at a time, so that a service keeps answering and pictures never take more than
/// the memory of one decoding (see ``PictureLimits/pixels``).
package final class Workshop: Sendable {
  private let queue = DispatchQueue(label: "pictures", qos: .utility)
  private let waiting = Mutex(0)

  package init() {}

  /// - Throws: ``PictureRefusal``: what is wrong with the file, or ``PictureRefusal/busy``.
  package func make(_ use: PictureUse, from bytes: [UInt8]) async throws(PictureRefusal) -> Picture {
    try await turn { () throws(PictureRefusal) in try Picture(use, from: bytes) }
  }

  /// Several pictures from one file, in the order of their uses.
  package func make(_ uses: [PictureUse], from bytes: [UInt8]) async throws(PictureRefusal) -> [Picture] {
    try await turn { () throws(PictureRefusal) in
      var made: [Picture] = []
      for use in uses { made.append(try Picture(use, from: bytes)) }
      return made
    }
  }

  private func turn<Made: Sendable>(
    _ work: @escaping @Sendable () throws(PictureRefusal) -> Made
  ) async throws(PictureRefusal) -> Made {
    let admitted = waiting.withLock { count in
      guard count < PictureLimits.waiting else { return false }
      count += 1
      return true
    }
    guard admitted else { throw .busy }
    let made: Result<Made, PictureRefusal> = await withCheckedContinuation { continuation in
      queue.async { [self] in
        let result = Result { () throws(PictureRefusal) in try work() }
        waiting.withLock { $0 -= 1 }
        continuation.resume(returning: result)
      }
    }
    return try made.get()
  }
}
