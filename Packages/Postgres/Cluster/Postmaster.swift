import Foundation

/// The main process of the server that runs, or seems to run, on a data folder.
struct Postmaster: Sendable {
  let id: pid_t
  private let dataDirectory: String

  /// The process that `postmaster.pid` names, if it really is this folder's server: process ids are reused, and the
  /// file may have survived a machine crash.
  static func running(on dataDirectory: String) -> Postmaster? {
    guard let id = recorded(dataDirectory) else { return nil }
    let postmaster = Postmaster(id: id, dataDirectory: dataDirectory)
    return postmaster.isRunning ? postmaster : nil
  }

  private static func recorded(_ dataDirectory: String) -> pid_t? {
    guard let text = try? String(contentsOfFile: dataDirectory + "/postmaster.pid", encoding: .utf8) else { return nil }
    return text.split(separator: "\n").first.flatMap { pid_t($0) }.flatMap { $0 > 1 ? $0 : nil }
  }

  /// The server changes into its data folder when it starts, which no other process does.
  var isRunning: Bool {
    guard let folder = realpath("/proc/\(id)/cwd"), folder == realpath(dataDirectory) else { return false }
    let command = (try? String(contentsOfFile: "/proc/\(id)/comm", encoding: .utf8)) ?? ""
    return command.hasPrefix("postgres") || command.hasPrefix("postmaster")
  }

  func send(_ signal: Int32) { if isRunning { kill(id, signal) } }

  /// Removes a `postmaster.pid` whose process is not this server: the server itself would refuse to start if another
  /// process had that id. Only call this while holding the cluster's lock.
  static func removeStaleFile(_ dataDirectory: String) {
    if running(on: dataDirectory) == nil { unlink(dataDirectory + "/postmaster.pid") }
  }

  private func realpath(_ path: String) -> String? {
    guard let resolved = Glibc.realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
