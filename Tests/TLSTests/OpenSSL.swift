import Foundation
import Glibc
import Synchronization
import Testing
import TestKit

/// The `openssl` command at work. Nothing here blocks: there are fewer threads for tests than tests. What it says goes
/// into files that are looked at when somebody asks.
final class OpenSSL: Sendable {
  private let process: pid_t
  /// Where its standard input is written to.
  private let input: CInt
  private let folder: URL
  private let ended = Mutex<CInt?>(nil)

  init(_ arguments: [String], in workplace: URL? = nil) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "openssl-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    // Not for the child, but for its standard input, nor for others that are started meanwhile.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    input = ends[1]
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    for (descriptor, name) in [(CInt(1), "output"), (2, "errors")] {
      let path = folder.appending(path: name).path(percentEncoded: false)
      posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT, 0o600)
    }
    if let workplace { posix_spawn_file_actions_addchdir_np(&actions, workplace.path(percentEncoded: false)) }
    var words: [UnsafeMutablePointer<CChar>?] = (["openssl"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    let result = posix_spawnp(&process, "openssl", &actions, nil, &words, environ)
    try #require(result == 0, "openssl could not be started: \(result)")
    self.process = process
  }

  deinit {
    stop()
    var status: CInt = 0
    if ended.withLock({ $0 == nil }) { waitpid(process, &status, 0) }
    close(input)
    try? FileManager.default.removeItem(at: folder)
  }

  var output: [UInt8] { contents(of: "output") }
  var errors: String { String(decoding: contents(of: "errors"), as: UTF8.self) }

  private func contents(of name: String) -> [UInt8] {
    (try? Data(contentsOf: folder.appending(path: name))).map { Array($0) } ?? []
  }

  /// What it exited with, or the signal that ended it as a negative number; nil until it has ended.
  var status: CInt? {
    ended.withLock { ended in
      var status: CInt = 0
      if ended == nil, waitpid(process, &status, WNOHANG) == process {
        ended = status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
      }
      return ended
    }
  }

  func say(_ words: String) throws {
    let count = words.withCString { write(input, $0, words.utf8.count) }
    try #require(count == words.utf8.count)
  }

  /// Stops it as if its machine were gone.
  func stop() { if status == nil { kill(process, SIGKILL) } }
}

/// `openssl s_server` on a free port of loopback.
final class ForeignServer: Sendable {
  let port: Int
  private let program: OpenSSL

  convenience init(_ certificate: Authority.Certificate, _ options: [String] = []) async throws {
    try await self.init(["-cert", certificate.chain, "-key", certificate.key] + options)
  }

  /// It sends every line back reversed.
  init(_ options: [String]) async throws {
    let program = try OpenSSL(["s_server", "-accept", "127.0.0.1:0", "-rev"] + options)
    // `ACCEPT 127.0.0.1:40001`
    await eventually("it listens") { program.status != nil || Self.port(program.output) != nil }
    port = try #require(Self.port(program.output), "\(program.errors)")
    self.program = program
  }

  private static func port(_ output: [UInt8]) -> Int? {
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let line = lines.dropLast().last { $0.hasPrefix("ACCEPT") }
    return line?.split(separator: ":").last.flatMap { Int($0) }
  }

  func stop() { program.stop() }
}
