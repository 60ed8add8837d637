import Foundation
import Postgres
import Synchronization
import TestKit
import Testing

@Suite("the private server") struct LocalClusterTests {
  /// Runs the body with options for a folder of its own that is removed afterwards.
  private func withFolder(_ name: String, _ body: (ClusterOptions) async throws -> Void) async throws {
    let folder = "/tmp/latchkey-tests-\(getpid())-\(name)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = ClusterOptions(directory: folder)
    options.settings = ["fsync": "off"]
    try await body(options)
  }

  private func ask(_ sql: String, _ cluster: LocalCluster) async throws {
    try await script(sql, cluster.superuser)
  }

  /// Whether the process runs. One that has ended, and that nobody has collected yet, does not: who collects orphans,
  /// and when, is not ours to say.
  private func isAlive(_ process: pid_t) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
    return status.split(separator: ")").last?.hasPrefix(" Z") == false
  }

  @Test("data survives a stop, and a second start makes nothing new")
  func survives() async throws {
    try await withFolder("survives") { (options: ClusterOptions) async throws in
      let lines = Mutex<[String]>([])
      let first = try await LocalCluster.start(options) { line in lines.withLock { $0.append(line) } }
      #expect(lines.withLock { $0.contains { $0.hasPrefix("Making a database cluster in \(options.directory)") } })
      try await ask("CREATE TABLE kept AS SELECT 1", first)
      let process = try #require(first.serverProcess)
      await first.stop()
      #expect(!isAlive(process))
      lines.withLock { $0 = [] }
      let second = try await LocalCluster.start(options) { line in lines.withLock { $0.append(line) } }
      #expect(lines.withLock { !$0.contains { $0.hasPrefix("Making") } })
      try await ask("SELECT FROM kept", second)
      await second.stop()
    }
  }

  @Test("the cluster has checksums, UTF-8, passwords and no TCP")
  func settings() async throws {
    let cluster = try await ClusterForTests.shared()
    let database = Database(cluster.superuser, logger: quiet)
    for (name, value) in [
      ("data_checksums", "on"), ("server_encoding", "UTF8"), ("listen_addresses", ""), ("shared_buffers", "32MB"),
      ("password_encryption", "scram-sha-256"),
    ] {
      #expect(try await database.first(Setting(name: name)) == value)
    }
    await database.close()
    var stranger = cluster.superuser
    stranger.password = nil
    let refusal = await failure { () async throws(DatabaseFailure) in try await Session.open(stranger) }
    #expect(refusal?.message.contains("no password supplied") == true)
    #expect(
      try FileManager.default.attributesOfItem(atPath: cluster.directory + "/superuser-password")[.posixPermissions]
        as? Int == 0o600)
  }

  @Test("when the launcher is gone, the guard stops the server")
  func launcherKilled() async throws {
    try await withFolder("killed") { (options: ClusterOptions) async throws in
      let cluster = try await LocalCluster.start(options)
      let process = try #require(cluster.serverProcess)
      cluster.vanish()
      await eventually { !isAlive(process) }
      #expect(await cluster.waitForExit().code == 0)
    }
  }

  @Test("a server whose guard was killed too is ended by the next start")
  func orphan() async throws {
    try await withFolder("orphan") { (options: ClusterOptions) async throws in
      let first = try await LocalCluster.start(options)
      try await ask("CREATE TABLE kept AS SELECT 1", first)
      let process = try #require(first.serverProcess)
      kill(first.guardProcess, SIGKILL)
      #expect(await first.waitForExit().signal == SIGKILL)
      #expect(isAlive(process))
      first.vanish(closingPipe: false)
      let lines = Mutex<[String]>([])
      let second = try await LocalCluster.start(options) { line in lines.withLock { $0.append(line) } }
      #expect(lines.withLock { $0.contains { $0.contains("left behind (process \(process))") } })
      #expect(!isAlive(process))
      #expect(second.serverProcess != process)
      try await ask("SELECT FROM kept", second)
      await second.stop()
    }
  }

  @Test("a second launcher on the same folder is refused and disturbs nothing")
  func twoLaunchers() async throws {
    try await withFolder("two") { (options: ClusterOptions) async throws in
      let first = try await LocalCluster.start(options)
      let refusal = await #expect(throws: ClusterFailure.self) { try await LocalCluster.start(options) }
      #expect(refusal?.explanation.contains("Another Latchkey uses this database folder") == true)
      try await ask("SELECT 1", first)
      await first.stop()
    }
  }

  @Test("a server that dies is noticed, and one that a crash left a stale file of starts again")
  func crash() async throws {
    try await withFolder("crash") { (options: ClusterOptions) async throws in
      let first = try await LocalCluster.start(options)
      let process = try #require(first.serverProcess)
      kill(process, SIGKILL)
      // A shell reports a killed child as 128 + its signal.
      #expect(await first.waitForExit().code == 128 + SIGKILL)
      first.vanish()
      // The recorded number now belongs to somebody else: to us.
      let file = options.directory + "/data/postmaster.pid"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try (["\(getpid())"] + text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().map(String.init))
        .joined(separator: "\n").write(toFile: file, atomically: false, encoding: .utf8)
      let second = try await LocalCluster.start(options)
      try await ask("SELECT 1", second)
      await second.stop()
    }
  }

  @Test("a folder too deep for a socket's path gets its socket elsewhere")
  func deepFolder() async throws {
    try await withFolder("deep") { (options: ClusterOptions) async throws in
      var options = options
      options.directory += "/" + String(repeating: "d", count: 60) + "/" + String(repeating: "e", count: 60)
      let cluster = try await LocalCluster.start(options)
      #expect(cluster.superuser.host.hasPrefix("/tmp/latchkey-"))
      #expect(cluster.directory == options.directory)
      try await ask("SELECT 1", cluster)
      await cluster.stop()
      try FileManager.default.removeItem(atPath: cluster.superuser.host)
    }
  }

  @Test("where the server's user cannot go, the data goes where it can, and stays there", .enabled(if: getuid() == 0))
  func unreachable() async throws {
    try await withFolder("unreachable") { (options: ClusterOptions) async throws in
      var options = options
      let (locked, reachable) = (options.directory + "/locked", options.directory + "/reachable")
      for folder in [locked, reachable] {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      chmod(locked, 0o700)
      options.directory = locked + "/data"
      options.fallbackRoot = reachable
      let lines = Mutex<[String]>([])
      let first = try await LocalCluster.start(options) { line in lines.withLock { $0.append(line) } }
      #expect(first.wantedDirectory == locked + "/data")
      #expect(first.directory.hasPrefix(reachable + "/"))
      #expect(lines.withLock { $0.contains { $0.contains(first.wantedDirectory) && $0.contains(first.directory) } })
      try await ask("CREATE TABLE kept AS SELECT 1", first)
      await first.stop()
      // A folder that becomes reachable later must not hide the data behind an empty cluster.
      chmod(locked, 0o755)
      let second = try await LocalCluster.start(options)
      #expect(second.directory == first.directory)
      try await ask("SELECT FROM kept", second)
      await second.stop()
    }
  }

  @Test("a server that cannot start says why, and leaves nothing running")
  func badSetting() async throws {
    try await withFolder("bad") { (options: ClusterOptions) async throws in
      var options = options
      options.settings["shared_buffers"] = "nonsense"
      let refusal = await #expect(throws: ClusterFailure.self) { try await LocalCluster.start(options) }
      #expect(refusal?.explanation.contains("shared_buffers") == true)
      options.settings["shared_buffers"] = nil
      let cluster = try await LocalCluster.start(options)
      await cluster.stop()
    }
  }

  @Test("data of another server version is refused with what is needed")
  func otherVersion() async throws {
    try await withFolder("version") { (options: ClusterOptions) async throws in
      try FileManager.default.createDirectory(atPath: options.directory + "/data", withIntermediateDirectories: true)
      try "9.4\n".write(toFile: options.directory + "/data/PG_VERSION", atomically: false, encoding: .utf8)
      let refusal = await #expect(throws: ClusterFailure.self) { try await LocalCluster.start(options) }
      #expect(refusal?.explanation.contains("made by PostgreSQL 9,") == true)
    }
  }

  @Test("a cluster for tests vanishes with its launcher")
  func ephemeral() async throws {
    try await withFolder("ephemeral") { (options: ClusterOptions) async throws in
      var options = options
      options.isEphemeral = true
      let cluster = try await LocalCluster.start(options)
      cluster.vanish()
      await eventually { !FileManager.default.fileExists(atPath: options.directory) }
    }
  }
}
