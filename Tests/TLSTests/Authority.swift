import Foundation
import Testing
import TestKit

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
  init(name: String = "Test CA \(UUID().uuidString)") async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "tls-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appending(path: "ca.pem").path
    try Data(Self.configuration.utf8).write(to: folder.appending(path: "ca.cnf"))
    try Data().write(to: folder.appending(path: "index.txt"))
    try await openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key", "-out",
      "ca.pem", "-days", "2", "-subj", "/CN=\(name)", "-addext",
      "basicConstraints=critical,CA:TRUE")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// - Parameters:
  ///   - names: as `subjectAltName` has them: `DNS:localhost,IP:127.0.0.1`.
  ///   - isExpired: its time ended years ago.
  func certificate(_ names: String, isExpired: Bool = false) async throws -> Certificate {
    let name = UUID().uuidString
    // The authority goes by its name alone, so that one of the same name is taken for it until its key is tried.
    try Data("subjectAltName=\(names)\nauthorityKeyIdentifier=none\n".utf8).write(
      to: folder.appending(path: "\(name).cnf"))
    try await openssl(
      "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "\(name).key", "-out",
      "\(name).csr", "-subj", "/CN=Test server")
    let time = isExpired ? ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] : ["-days", "1"]
    try await openssl(
      ["ca", "-batch", "-config", "ca.cnf", "-in", "\(name).csr", "-out", "\(name).pem", "-notext", "-extfile"]
        + ["\(name).cnf"] + time)
    func place(_ ending: String) -> String { folder.appending(path: "\(name).\(ending)").path }
    return Certificate(chain: place("pem"), key: place("key"))
  }

  private func openssl(_ arguments: String...) async throws { try await openssl(arguments) }

  private func openssl(_ arguments: [String]) async throws {
    let program = try OpenSSL(arguments, in: folder)
    await eventually("the command ends") { program.status != nil }
    try #require(program.status == 0, "\(program.errors)")
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
