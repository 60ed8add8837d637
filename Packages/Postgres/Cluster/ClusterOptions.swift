/// How a private server is started.
public struct ClusterOptions: Sendable {
  /// The folder wanted for the whole cluster: data, log, socket, superuser password. Created if it is missing.
  public var directory: String
  /// The user that the server runs as when we are root: PostgreSQL refuses to run as root.
  public var unprivilegedUser = "postgres"
  /// Where a cluster goes if the unprivileged user cannot reach the wanted folder.
  public var fallbackRoot = "/var/lib/latchkey"
  /// Bounds: at least 20; the server reserves three for the superuser.
  public var maxConnections = 60
  /// Further server settings, which override ours.
  public var settings: [String: String] = [:]
  /// For tests: nothing is ever flushed to disk, and the folder is removed when the server ends.
  public var isEphemeral = false
  /// How long the server may take to start answering, recovery included.
  public var startTimeout = Duration.seconds(60)
  /// How long a clean stop may take before the server is told to shut down immediately (it recovers at the next start).
  public var stopTimeout = Duration.seconds(20)

  public init(directory: String) { self.directory = directory }

  /// The server's command-line settings: small, private, on a Unix socket only.
  /// - Parameter toGroup: whether the server's group may connect too: services that run neither as its user nor as
  ///   root.
  func serverSettings(socketDirectory: String, toGroup: Bool) -> [(String, String)] {
    var values = [
      "listen_addresses": "",
      "unix_socket_directories": socketDirectory,
      "unix_socket_permissions": toGroup ? "0770" : "0700",
      "port": "5432",
      "max_connections": String(maxConnections),
      "shared_buffers": "32MB",
      "max_wal_size": "256MB",
      "min_wal_size": "48MB",
      "wal_level": "minimal",
      "max_wal_senders": "0",
      "max_worker_processes": "2",
      "autovacuum_max_workers": "1",
      "jit": "off",
      "password_encryption": "scram-sha-256",
      "logging_collector": "off",
      "log_min_messages": "warning",
      "log_timezone": "UTC",
      "timezone": "UTC",
    ]
    if isEphemeral { values.merge(["fsync": "off", "full_page_writes": "off", "autovacuum": "off"]) { $1 } }
    return values.merging(settings) { $1 }.sorted { $0.key < $1.key }
  }
}

/// Why the private server could not be started, in a sentence for the operator.
public struct ClusterFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public let explanation: String

  init(_ explanation: String) { self.explanation = explanation }

  public var description: String { explanation }
}
