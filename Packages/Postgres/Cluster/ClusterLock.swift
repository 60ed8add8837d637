import Foundation
import Synchronization

/// Held while the launcher that started a cluster is alive: it distinguishes a server left behind by a killed launcher,
/// which may be ended, from one in use, which must not be touched. The kernel releases it however the launcher exits.
final class ClusterLock: Sendable {
  private let descriptor: Mutex<Int32?>

  init(_ path: String) throws(ClusterFailure) {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ClusterFailure("\(path) cannot be opened: \(String(cString: strerror(errno))).")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw ClusterFailure("Another Latchkey uses this database folder already (\(path) is locked).")
    }
    self.descriptor = Mutex(descriptor)
  }

  deinit { release() }

  func release() {
    let held = descriptor.withLock { descriptor in
      defer { descriptor = nil }
      return descriptor
    }
    if let held { close(held) }
  }
}
