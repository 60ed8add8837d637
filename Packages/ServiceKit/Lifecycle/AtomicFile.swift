import Foundation
import Glibc

/// A small file that appears complete or not at all.
public enum AtomicFile {
  /// The system's error for a file.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
    init(_ path: String, _ action: String) {
      description = "\(path) cannot be \(action): \(String(cString: strerror(errno)))"
    }
  }

  /// Writes a temporary file beside it, makes that durable, and renames it into place.
  ///
  /// - Parameter permissions: the bits, such as 0o600 for a key; set before the first byte is written.
  public static func write(_ text: String, to path: String, permissions: UInt32 = 0o644) throws(Failure) {
    let neighbour = "\(path).\(getpid()).new"
    unlink(neighbour)
    let file = open(neighbour, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode_t(permissions))
    guard file >= 0 else { throw Failure(path, "written") }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno != EINTR { break }
      bytes = bytes.dropFirst(max(0, count))
    }
    let isComplete = bytes.isEmpty && fsync(file) == 0
    let failure = Failure(path, "written")
    close(file)
    guard isComplete, rename(neighbour, path) == 0 else {
      unlink(neighbour)
      throw failure
    }
  }
}
