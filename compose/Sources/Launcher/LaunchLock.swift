import Foundation
import Glibc
import ServiceKit

/// One launcher per data folder, and what a killed one left behind.
///
/// The lock itself is the kernel's (flock), so it ends with its holder, however that ends; the file names the holder.
public final class LaunchLock: Sendable {
  public enum Failure: Error, CustomStringConvertible {
    case held(by: String, path: String)
    case notWritable(path: String, reason: String)

    public var description: String {
      switch self {
      case .held(let holder, let path):
        "Latchkey is already running here\(holder) and holds \(path); stop it first, or choose another DATA_DIR."
      case .notWritable(let path, let reason): "\(path) cannot be written: \(reason)"
      }
    }
  }

  private let descriptor: Int32
  private let childrenPath: String

  /// - Parameter folder: DATA_DIR, which exists.
  public init(folder: String) throws(Failure) {
    let path = folder + "/latchkey.lock"
    childrenPath = folder + "/latchkey.children"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .notWritable(path: path, reason: String(cString: strerror(errno))) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int32($0.prefix { $0.isNumber }) }
      close(descriptor)
      throw .held(by: holder.map { " (process \($0))" } ?? "", path: path)
    }
    ftruncate(descriptor, 0)
    let text = "\(getpid()) \(ProcessIdentity.current?.started ?? 0)\n"
    _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
  }

  deinit { close(descriptor) }

  /// Notes the services that run now, for the next start.
  public func record(_ children: [ProcessIdentity]) throws {
    let text = try String(decoding: JSONEncoder().encode(children), as: UTF8.self)
    try AtomicFile.write(text, to: childrenPath)
  }

  /// Ends services that outlived a killed launcher: asks first, kills after `grace`.
  ///
  /// - Returns: how many were found alive.
  public func endLeftovers(grace: Duration = .seconds(5)) async -> Int {
    guard let data = FileManager.default.contents(atPath: childrenPath),
      let children = try? JSONDecoder().decode([ProcessIdentity].self, from: data)
    else { return 0 }
    let alive = children.filter(\.isAlive)
    for child in alive { kill(child.pid, SIGTERM) }
    let deadline = ContinuousClock.now + grace
    while alive.contains(where: \.isAlive), ContinuousClock.now < deadline {
      try? await Task.sleep(for: .milliseconds(20))
    }
    for child in alive where child.isAlive { kill(child.pid, SIGKILL) }
    return alive.count
  }
}
