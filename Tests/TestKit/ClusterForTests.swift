import Foundation
public import Postgres

/// One private PostgreSQL server per test process, and as many databases in it as tests want.
///
/// The server starts with the first call. It ends, and its folder vanishes, when the test process ends in whatever way:
/// its guard sees to that. Nothing is ever flushed to disk.
public enum ClusterForTests {
  /// A database that tests get copies of: made once per process, by `prepare`, under its name.
  public struct Template: Sendable {
    let name: String
    let prepare: @Sendable (DatabaseConfiguration) async throws -> Void

    /// - Parameter prepare: must have closed its connections when it returns.
    public init(_ name: String, prepare: @escaping @Sendable (DatabaseConfiguration) async throws -> Void) {
      self.name = name
      self.prepare = prepare
    }
  }

  /// A new database of one's own, empty or a copy of the template. It stays until the process ends.
  public static func freshDatabase(from template: Template? = nil) async throws -> DatabaseConfiguration {
    try await keeper.freshDatabase(from: template)
  }

  /// The server itself, to connect as its superuser.
  public static func shared() async throws -> LocalCluster { try await keeper.cluster() }

  private static let keeper = Keeper()
}

private actor Keeper {
  private var starting: Task<LocalCluster, any Error>?
  private var templates: [String: Task<String, any Error>] = [:]
  private var databases = 0

  func cluster() async throws -> LocalCluster {
    if let starting { return try await starting.value }
    Self.removeRemains()
    let task = Task {
      var options = ClusterOptions(directory: "/tmp/latchkey-tests-\(ProcessInfo.processInfo.processIdentifier)")
      options.isEphemeral = true
      options.maxConnections = 400
      return try await LocalCluster.start(options)
    }
    starting = task
    return try await task.value
  }

  func freshDatabase(from template: ClusterForTests.Template?) async throws -> DatabaseConfiguration {
    databases += 1
    let name = "test_\(databases)"
    let source = if let template { try await prepared(template) } else { "template0" }
    return try await create(name, from: source)
  }

  private func prepared(_ template: ClusterForTests.Template) async throws -> String {
    if let known = templates[template.name] { return try await known.value }
    let task = Task {
      let name = "template_" + template.name
      try await template.prepare(try await create(name, from: "template0"))
      return name
    }
    templates[template.name] = task
    return try await task.value
  }

  private func create(_ name: String, from source: String) async throws -> DatabaseConfiguration {
    var superuser = try await cluster().superuser
    superuser.connectTimeout = .seconds(30)  // a machine that runs tests is a busy one
    let session = try await Session.open(superuser)
    do {
      let (name, source) = (SQLText.identifier(name), SQLText.identifier(source))
      try await session.unsafeScript("CREATE DATABASE \(name) TEMPLATE \(source)")
    } catch {
      await session.close()
      throw error
    }
    await session.close()
    return superuser.with(database: name)
  }

  /// Removes what test processes left that were killed: their servers are gone, but not every folder has a guard.
  private static func removeRemains() {
    let prefix = "latchkey-tests-"
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
      guard let process = pid_t(name.dropFirst(prefix.count).prefix { $0.isNumber }), kill(process, 0) != 0 else {
        continue
      }
      try? FileManager.default.removeItem(atPath: "/tmp/" + name)
    }
  }
}
