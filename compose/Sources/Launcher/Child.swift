public import Foundation
import Glibc
import Synchronization

/// How a process ended.
public enum Exit: Sendable, Equatable, CustomStringConvertible {
  case code(Int32)
  case signal(Int32)

  public var description: String {
    switch self {
    case .code(let code): "code \(code)"
    case .signal(let number): "signal \(number) (\(String(cString: strsignal(number))))"
    }
  }
}

/// A process that the launcher started: in a process group of its own (a terminal's Ctrl-C reaches only the launcher,
/// which stops things in order), with a pipe as standard input whose end tells it that the launcher is gone.
public final class Child: Sendable {
  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  private struct State {
    var exit: Exit?
    var waiters: [CheckedContinuation<Exit, Never>] = []
  }

  public let pid: pid_t
  private let input: Atomic<Int32>
  private let state = Mutex(State())

  /// - Parameters:
  ///   - environment: its whole environment.
  ///   - onLine: each line that it writes to standard output or standard error, from a thread of its own.
  public init(
    executable: String, arguments: [String] = [], environment: [String: String],
    onLine: @escaping @Sendable (String) -> Void
  ) throws(Failure) {
    let input = try Self.pipe()
    let output = try Self.pipe()
    defer {
      close(input.reader)
      close(output.writer)
    }
    pid = try Self.spawn(executable, arguments, environment, input: input.reader, output: output.writer)
    self.input = Atomic(input.writer)
    Self.thread("log of \(pid)") {
      var lines = LineSplitter()
      Self.readAll(output.reader) { for line in lines.append($0) { onLine(line) } }
      if let rest = lines.finish() { onLine(rest) }
      close(output.reader)
    }
    Self.thread("wait for \(pid)") { [self] in waitForEnd() }
  }

  deinit { closeInput() }

  /// Ends the child's standard input.
  package func closeInput() {
    let descriptor = input.exchange(-1, ordering: .relaxed)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Sends a signal, unless the process has ended: its pid may belong to another process by then.
  public func signal(_ number: Int32) {
    state.withLock { state in
      if state.exit == nil { kill(pid, number) }
    }
  }

  public var exit: Exit? { state.withLock { $0.exit } }

  /// Waits for the end.
  public func exited() async -> Exit {
    await withCheckedContinuation { continuation in
      let exit = state.withLock { state in
        if state.exit == nil { state.waiters.append(continuation) }
        return state.exit
      }
      if let exit { continuation.resume(returning: exit) }
    }
  }

  /// Asks the process to end (SIGTERM), and kills it after `grace`.
  public func stop(grace: Duration) async {
    signal(SIGTERM)
    let killer = Task { [self] in
      try await Task.sleep(for: grace)
      signal(SIGKILL)
    }
    _ = await exited()
    killer.cancel()
  }

  private func waitForEnd() {
    var information = siginfo_t()
    // The zombie is kept until the lock is held, so that `signal` never hits a reused pid.
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    let (waiters, exit) = state.withLock { state in
      var status: Int32 = 0
      waitpid(pid, &status, 0)
      let exit: Exit = status & 0x7F == 0 ? .code((status >> 8) & 0xFF) : .signal(status & 0x7F)
      state.exit = exit
      defer { state.waiters = [] }
      return (state.waiters, exit)
    }
    for waiter in waiters { waiter.resume(returning: exit) }
  }

  private static func thread(_ name: String, _ body: @escaping @Sendable () -> Void) {
    let thread = Thread(block: body)
    thread.name = name
    thread.stackSize = 256 << 10
    thread.start()
  }

  private static func readAll(_ descriptor: Int32, _ body: ([UInt8]) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 { body(Array(buffer[..<count])) } else if count == 0 || errno != EINTR { return }
    }
  }

  private static func pipe() throws(Failure) -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    // Close-on-exec from the first moment: another child that inherited an end would keep it open after the launcher's
    // death. Swift's Glibc lacks `pipe2`; a socket pair does the same.
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw Failure(description: "no pipe: \(String(cString: strerror(errno)))")
    }
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ executable: String, _ arguments: [String], _ environment: [String: String], input: Int32, output: Int32
  ) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var allSignals = sigset_t()
    sigfillset(&allSignals)
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigdefault(&attributes, &allSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var texts = ([executable] + arguments).map { strdup($0) } + [nil]
    var variables = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in texts + variables { free(text) } }
    var pid: pid_t = 0
    keepDescriptorsToOurselves()
    let status = posix_spawn(&pid, executable, &actions, &attributes, &texts, &variables)
    guard status == 0 else {
      throw Failure(description: "\(executable) cannot be started: \(String(cString: strerror(status)))")
    }
    return pid
  }

  /// Libraries open descriptors without close-on-exec, and our parent may have left some; no child may inherit them.
  private static func keepDescriptorsToOurselves() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    for descriptor in names.compactMap({ Int32($0) }) where descriptor > STDERR_FILENO {
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
  }
}
