import Foundation
import Launcher
import Postgres
import ServiceKit
import Synchronization
import TestKit
import Testing

/// A folder of a test's own with shell scripts for services, and the log lines that came.
final class LauncherWorld: Sendable {
  let folder: String
  private let descriptors: (reader: Int32, writer: Int32)
  private let text = Mutex("")
  let log: LogStream

  init(isJSON: Bool = false) throws {
    // Not the user's temporary folder: the database server's own user must be able to reach it, by a short path.
    folder = "/tmp/launcher-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    descriptors = (ends[0], ends[1])
    log = LogStream(isJSON: isJSON, writer: LogWriter(descriptor: ends[1]))
    let thread = Thread { [self] in
      var buffer = [UInt8](repeating: 0, count: 4_096)
      while true {
        let count = read(descriptors.reader, &buffer, buffer.count)
        if count <= 0 { return }
        let new = String(decoding: buffer[..<count], as: UTF8.self)
        text.withLock { $0 += new }
      }
    }
    thread.start()
  }

  /// Everything logged so far.
  var logged: String { text.withLock { $0 } }

  /// A service made of shell commands. `ready` says that it is ready; `serve` waits for the end of standard input or
  /// SIGTERM.
  func service(_ name: String, _ commands: String) throws -> ServiceSpecification {
    // Not executed itself: while another thread forks, a file that was just written may still be open for writing
    // there, and the kernel refuses to execute it (ETXTBSY).
    let path = "\(folder)/\(name)"
    let script = """
      #!/bin/bash
      ready() { echo 127.0.0.1:1 >"$READY_FILE"; }
      serve() { trap 'echo "$0 drained"; exit 0' TERM; while read -r -t 0.1 _ || [ $? -gt 128 ]; do :; done; }
      \(commands)
      """
    try AtomicFile.write(script, to: path)
    return ServiceSpecification(
      name: name, executable: "/bin/bash", arguments: [path], environment: ["PATH": "/usr/bin:/bin"],
      readyFile: "\(folder)/\(name).address")
  }

  func supervisor() throws -> Supervisor {
    Supervisor(
      lock: try LaunchLock(folder: folder), log: log,
      backoff: Backoff(first: .milliseconds(10), longest: .milliseconds(40)))
  }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }
}

/// An empty database of the test's own, as the owner of its tables connects to it.
func freshOwner() async throws -> DatabaseConfiguration {
  var owner = try await ClusterForTests.freshDatabase()
  owner.schema = Settings.usualDatabaseSchema
  return owner
}
