import Encodings
import Foundation

/// Makes a new cluster. It is made beside its final path and then renamed, so that an interrupted attempt is never
/// mistaken for a cluster.
struct ClusterMaker: Sendable {
  let place: ClusterPlace
  let user: ServerUser
  let binaries: ServerBinaries
  let isEphemeral: Bool

  /// The only environment that the server and its tools see; no PG… variable may change their behaviour.
  static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"]

  func make() async throws(ClusterFailure) {
    let making = place.base + "/data.new"
    let passwordFile = place.base + "/initdb-password"
    try? FileManager.default.removeItem(atPath: making)
    let password = try place.makePassword()
    try place.write(password, to: passwordFile)
    defer { unlink(passwordFile) }
    try user.owns(passwordFile)

    let log = place.base + "/initdb.log"
    unlink(log)
    let command = [
      binaries.path("initdb"), "--pgdata=\(making)", "--username=postgres", "--pwfile=\(passwordFile)",
      "--encoding=UTF8", "--locale=\(Self.locale)", "--data-checksums", "--auth-local=scram-sha-256",
      "--auth-host=scram-sha-256", "--no-instructions",
    ]
    let child = try ChildProcess(
      // Guarded too: if the launcher were killed, initdb would go on writing into the folder of the next attempt.
      GuardScript.command(
        signal: "TERM", remove: nil, server: user.prefix + command + (isEphemeral ? ["--no-sync"] : [])),
      environment: Self.environment, output: log)
    let exit = await child.waitForExit()
    guard exit.code == 0 else {
      let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
      throw ClusterFailure("initdb failed (\(exit)):\n\(text.suffix(2000))")
    }
    guard rename(making, place.data) == 0 else {
      throw ClusterFailure("\(making) cannot be renamed: \(String(cString: strerror(errno))).")
    }
    unlink(log)
  }

  /// Bytewise comparison, UTF-8 everywhere; plain C where the system lacks it.
  private static var locale: String {
    guard let locale = newlocale(1 << LC_CTYPE | 1 << LC_COLLATE, "C.UTF-8", nil) else { return "C" }
    freelocale(locale)
    return "C.UTF-8"
  }
}

extension ClusterPlace {
  /// The version that made the data, if there is any.
  var dataVersion: Int? {
    (try? String(contentsOfFile: data + "/PG_VERSION", encoding: .utf8))
      .flatMap { Int($0.prefix { $0.isNumber }) }
  }

  /// A new password for the superuser, kept in a file that only the launcher's user can read.
  func makePassword() throws(ClusterFailure) -> String {
    var random = SystemRandomNumberGenerator()
    let password = (0..<4).map { _ in Hexadecimal.text(random.next() as UInt64) }.joined()
    try write(password, to: passwordFile)
    return password
  }

  func password() throws(ClusterFailure) -> String {
    guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8) else {
      throw ClusterFailure("The superuser's password cannot be read from \(passwordFile).")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func write(_ text: String, to path: String) throws(ClusterFailure) {
    unlink(path)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw ClusterFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
      throw ClusterFailure("\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
  }

  /// One old log is kept once the log has grown beyond a megabyte.
  func shortenLog() {
    var status = stat()
    if stat(log, &status) == 0, status.st_size > 1_048_576 { rename(log, log + ".1") }
  }

  func logTail() -> String {
    String(((try? String(contentsOfFile: log, encoding: .utf8)) ?? "(no log)").suffix(2000))
  }
}
