import Foundation
import Testing

/// A certificate authority of the test's own, made by the `openssl` command in a folder that goes away with it.
final class Authority: Sendable {
  struct Certificate: Sendable {
    let chain: String
    let key: String
  }

  /// The folder of all certificates.
  private let folder: URL
  /// Its own certificate, to be trusted.
  let path: String

  /// - Parameter name: what it calls itself.
  init(name: String = "Test CA \(UUID().uuidString)") throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tls-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: "ca.pem").path
    try Data(Self.configuration.utf8).write(to: folder.appending(path: "ca.cnf"))
    try Data().write(to: folder.appending(path: "index.txt"))
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out",
      "ca.pem", "-days", "2", "-subj", "/CN=\(name)", "-addext",
      "basicConstraints=critical,CA:TRUE")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// - Parameters:
  ///   - names: as `subjectAltName` has them: `DNS:localhost,IP:127.0.0.1`.
  ///   - isExpired: its time ended years ago.
  func certificate(_ names: String, isExpired: Bool = false) throws -> Certificate {
    let name = UUID().uuidString
    // The authority goes by its name alone, so that one of the same name is taken for it until its key is tried.
    try Data("subjectAltName=\(names)\nauthorityKeyIdentifier=none\n".utf8).write(
      to: folder.appending(path: "\(name).cnf"))
    try openssl(
      "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(name).key", "-out",
      "\(name).csr", "-subj", "/CN=Test server")
    let time = isExpired ? ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] : ["-days", "1"]
    try openssl(
      ["ca", "-batch", "-config", "ca.cnf", "-in", "\(name).csr", "-out", "\(name).pem", "-notext", "-extfile"]
        + ["\(name).cnf"] + time)
    func place(_ ending: String) -> String { folder.appending(path: "\(name).\(ending)").path }
    return Certificate(chain: place("pem"), key: place("key"))
  }

  private func openssl(_ arguments: String...) throws { try openssl(arguments) }

  private func openssl(_ arguments: [String]) throws {
    let program = Process()
    program.executableURL = URL(filePath: "/usr/bin/env")
    program.arguments = ["openssl"] + arguments
    program.currentDirectoryURL = folder
    let errors = folder.appending(path: "errors.txt")
    try Data().write(to: errors)
    program.standardError = try FileHandle(forWritingTo: errors)
    program.standardOutput = FileHandle.nullDevice
    try program.run()
    program.waitUntilExit()
    let said = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
    try #require(program.terminationStatus == 0, "\(said)")
  }

  private static let configuration = """
    [ca]
    default_ca = own
    [own]
    database = index.txt
    new_certs_dir = .
    certificate = ca.pem
    private_key = ca.key
    rand_serial = yes
    unique_subject = no
    default_md = sha256
    policy = any
    [any]
    commonName = supplied

    """
}

/// `openssl s_server` on a free port of loopback.
final class ForeignServer: Sendable {
  let port: Int
  private let program: Process
  /// It stops when its input ends.
  private let input: Pipe

  convenience init(_ certificate: Authority.Certificate, _ options: [String] = []) throws {
    try self.init(["-cert", certificate.chain, "-key", certificate.key] + options)
  }

  /// It sends every line back reversed.
  init(_ options: [String]) throws {
    let (program, input, output) = (Process(), Pipe(), Pipe())
    program.executableURL = URL(filePath: "/usr/bin/env")
    program.arguments = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev"] + options
    (program.standardInput, program.standardOutput, program.standardError) = (input, output, FileHandle.nullDevice)
    try program.run()
    self.program = program
    self.input = input
    // `ACCEPT 127.0.0.1:40001`
    var said = ""
    while let more = try output.fileHandleForReading.read(upToCount: 1), !more.isEmpty {
      said += String(decoding: more, as: UTF8.self)
      if said.hasSuffix("\n"), said.contains("ACCEPT") { break }
    }
    let found = said.split(separator: "\n").last { $0.hasPrefix("ACCEPT") }?.split(separator: ":").last
    port = try #require(found.flatMap { Int($0) }, "\(said)")
    output.fileHandleForReading.readabilityHandler = { _ = $0.availableData }
  }

  /// Stops it as if its machine were gone.
  func stop() {
    kill(program.processIdentifier, SIGKILL)
    program.waitUntilExit()
  }

  deinit { if program.isRunning { stop() } }
}
