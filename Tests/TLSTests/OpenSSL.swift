import Foundation
import Synchronization
import Testing

/// The `openssl` command at work. Nothing here blocks: there are fewer threads for tests than tests.
final class OpenSSL: Sendable {
  private struct State {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var status: Int32?
  }

  private final class Notes: Sendable {
    let state = Mutex(State())
  }

  private let program: Process
  private let input = Pipe()
  private let notes: Notes

  init(_ arguments: [String], in folder: URL? = nil) throws {
    let (program, notes, output, errors) = (Process(), Notes(), Pipe(), Pipe())
    program.executableURL = URL(filePath: "/usr/bin/env")
    program.arguments = ["openssl"] + arguments
    if let folder { program.currentDirectoryURL = folder }
    (program.standardInput, program.standardOutput, program.standardError) = (input, output, errors)
    output.fileHandleForReading.readabilityHandler = { handle in
      let bytes = handle.availableData
      if bytes.isEmpty { handle.readabilityHandler = nil }
      notes.state.withLock { $0.output += bytes }
    }
    errors.fileHandleForReading.readabilityHandler = { handle in
      let bytes = handle.availableData
      if bytes.isEmpty { handle.readabilityHandler = nil }
      notes.state.withLock { $0.errors += bytes }
    }
    program.terminationHandler = { program in notes.state.withLock { $0.status = program.terminationStatus } }
    try program.run()
    self.program = program
    self.notes = notes
  }

  var output: [UInt8] { notes.state.withLock { $0.output } }
  var errors: String { notes.state.withLock { String(decoding: $0.errors, as: UTF8.self) } }
  /// Nil until it has ended.
  var status: Int32? { notes.state.withLock { $0.status } }

  func say(_ words: String) throws { try input.fileHandleForWriting.write(contentsOf: Data(words.utf8)) }

  /// Stops it as if its machine were gone.
  func stop() { if program.isRunning { kill(program.processIdentifier, SIGKILL) } }

  deinit { stop() }
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
    await Fixture.wait("it listens") { program.status != nil || Self.port(program.output) != nil }
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
