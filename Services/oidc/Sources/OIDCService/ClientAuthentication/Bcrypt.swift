import CCrypt
import Dispatch
import Encodings
import ServiceKit
import ServiceStore
import Synchronization

/// Compares secrets with bcrypt hashes that another product made. One comparison takes about 60 ms of CPU, so they run
/// one after another on their own thread: no event loop, no actor and no other request waits for them.
final class Bcrypt: Sendable {
  /// Comparisons that may wait; callers beyond that are asked to retry. A secret is compared this way once, so a queue
  /// means either the minutes after an import or an attacker who guesses.
  static let waitingLimit = 32
  /// The highest cost factor: 14 takes about a second. Pocket ID's is 10; a hash with a higher one matches nothing.
  static let highestCost = 14
  /// bcrypt ignores any further bytes of a secret.
  static let longestSecret = 72

  private let queue = DispatchQueue(label: "bcrypt")
  private let waiting = Mutex(0)

  /// Too many are waiting.
  struct Busy: Error {}

  /// Whether the secret is the one that the hash was made from.
  func fits(_ secret: String, _ hash: [UInt8]) async throws(Busy) -> Bool {
    guard Self.isAcceptable(hash), secret.utf8.count <= Self.longestSecret, !secret.utf8.contains(0) else {
      return false
    }
    let admitted = waiting.withLock { waiting in
      guard waiting < Self.waitingLimit else { return false }
      waiting += 1
      return true
    }
    guard admitted else { throw Busy() }
    return await withCheckedContinuation { continuation in
      queue.async { [self] in
        let fits = Self.hash(secret, setting: hash).map { ConstantTime.equal($0, hash) } ?? false
        waiting.withLock { $0 -= 1 }
        continuation.resume(returning: fits)
      }
    }
  }

  /// `$2a$`, `$2b$` or `$2y$`, a cost that we can afford, and 53 characters of salt and hash.
  private static func isAcceptable(_ hash: [UInt8]) -> Bool {
    let text = String(decoding: hash, as: UTF8.self)
    guard hash.count == 60, ["$2a$", "$2b$", "$2y$"].contains(String(text.prefix(4))), hash[6] == UInt8(ascii: "$"),
      let cost = Int(text.dropFirst(4).prefix(2))
    else { return false }
    return (4...highestCost).contains(cost)
  }

  /// crypt(3). Nil if the library refuses the setting.
  private static func hash(_ secret: String, setting: [UInt8]) -> [UInt8]? {
    let size = MemoryLayout<crypt_data>.size
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: MemoryLayout<crypt_data>.alignment)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    let state = memory.bindMemory(to: crypt_data.self, capacity: 1)
    defer {
      // The library leaves its working data in there.
      memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      memory.deallocate()
    }
    guard let result = crypt_r(secret, String(decoding: setting, as: UTF8.self), state) else { return nil }
    return Array(String(cString: result).utf8)
  }
}
