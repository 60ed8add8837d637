import CLibpq
import Foundation
import Synchronization

/// A program that we started: its pipe and its exit. Foundation's `Process` is not used for servers: it waits for more
/// than the process itself, and cannot start it in its own session.
final class ChildProcess: Sendable {
  private struct State {
    var exit: ChildExit?
    var waiters: [CheckedContinuation<ChildExit, Never>] = []
    var input: Int32?
  }

  let id: pid_t
  private let state: Mutex<State>

  /// Starts `arguments[0]` in its own session (a terminal's Ctrl-C must not reach it), in "/", with default signals and
  /// without our other descriptors.
  /// - Parameters:
  ///   - environment: its entire environment.
  ///   - output: the file to which its output and errors are appended; nil discards them.
  init(_ arguments: [String], environment: [String: String], output: String?) throws(ClusterFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw Self.failure("pipe", errno) }
    let (reading, writing) = (ends[0], ends[1])
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, reading, 0)
    let log = output ?? "/dev/null"
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    posix_spawn_file_actions_addchdir_np(&actions, "/")
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | 0x80 /* SETSID */))

    let variables = environment.map { "\($0.key)=\($0.value)" }
    let argv = (arguments.map { strdup($0) }) + [nil]
    let envp = (variables.map { strdup($0) }) + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var id: pid_t = 0
    let status = posix_spawn(&id, arguments[0], &actions, &attributes, argv, envp)
    Glibc.close(reading)
    guard status == 0 else {
      Glibc.close(writing)
      throw Self.failure(arguments[0], status)
    }
    self.id = id
    state = Mutex(State(input: writing))
    let thread = Thread { self.reap() }
    thread.name = "child \(id)"
    thread.start()
  }

  deinit { closeInput() }

  private static func failure(_ what: String, _ code: Int32) -> ClusterFailure {
    ClusterFailure("\(what) cannot be started: \(String(cString: strerror(code))).")
  }

  private func reap() {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    let exit = ChildExit(status: status)
    let waiters = state.withLock { state in
      state.exit = exit
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume(returning: exit) }
  }

  var exit: ChildExit? { state.withLock { $0.exit } }

  /// Waits for it to exit, however long that takes.
  func waitForExit() async -> ChildExit {
    await withCheckedContinuation { continuation in
      let exit = state.withLock { state in
        if state.exit == nil { state.waiters.append(continuation) }
        return state.exit
      }
      if let exit { continuation.resume(returning: exit) }
    }
  }

  /// Closes the child's standard input.
  func closeInput() {
    let input = state.withLock { state in
      defer { state.input = nil }
      return state.input
    }
    if let input { Glibc.close(input) }
  }

  /// Runs a short program to completion and returns its output. Blocks: for start-up only.
  static func output(of arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: arguments[0])
    process.arguments = Array(arguments.dropFirst())
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// How a child ended.
public struct ChildExit: Sendable, Equatable, CustomStringConvertible {
  /// What waitpid reported.
  let status: Int32

  public var code: Int32? { status & 0x7F == 0 ? status >> 8 & 0xFF : nil }
  public var signal: Int32? { status & 0x7F == 0 ? nil : status & 0x7F }

  public var description: String {
    code.map { "exit code \($0)" } ?? "signal \(status & 0x7F)"
  }
}
