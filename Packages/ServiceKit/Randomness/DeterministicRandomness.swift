import Crypto
import Foundation
import Synchronization

/// A repeatable source for tests: the same seed gives the same bytes in the same order. Never used by a service.
public final class DeterministicRandomness: Randomness {
  private let seed: [UInt8]
  private let drawn = Mutex<UInt64>(0)

  public init(seed: String = "latchkey") {
    self.seed = Array(seed.utf8)
  }

  public func bytes(_ count: Int) -> [UInt8] {
    var result = [UInt8]()
    while result.count < count {
      let block = drawn.withLock { counter in
        counter += 1
        return counter
      }
      var hash = SHA256()
      hash.update(data: seed)
      withUnsafeBytes(of: block.bigEndian) { hash.update(bufferPointer: $0) }
      result.append(contentsOf: hash.finalize())
    }
    result.removeLast(result.count - count)
    return result
  }
}
