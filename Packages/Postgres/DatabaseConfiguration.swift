import Encodings

/// Where the database is, and the limits for its use.
///
/// Printing a configuration shows user, host, port and database: never the password.
public struct DatabaseConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
  /// A host name, an IP address, or the folder of a Unix socket (then it starts with "/").
  public var host: String
  public var port: Int
  /// nil means the operating system's user, as in libpq.
  public var user: String?
  public var password: String?
  /// nil means the database named after the user.
  public var database: String?
  /// Further libpq parameters, passed through: sslmode, sslrootcert, …
  public var parameters: [String: String]
  /// The only schema in which unqualified names are looked up and created; nil keeps the server's setting.
  public var schema: String?

  /// What the server calls us (`pg_stat_activity.application_name`).
  public var applicationName = "latchkey"
  /// Connections for writes, searches and transactions; opened when needed, closed when idle for `idleTimeout`.
  public var poolSize = 8
  /// Callers that may wait for a pool connection; one more is refused at once.
  public var poolWaiters = 256
  /// Pipelined connections for reads by key.
  public var lanes = 1
  /// Statements that may be under way on one lane at a time.
  public var laneInFlight = 256
  /// Callers that may wait for one lane; one more is refused at once.
  public var laneWaiters = 1024
  /// How long a caller waits for a connection: for its turn, or for the server to come back.
  public var waitTimeout = Duration.seconds(5)
  /// The server stops a lane's statement after this long. Zero: never.
  public var readTimeout = Duration.seconds(5)
  /// The server stops a pool connection's statement after this long. Zero: never.
  public var statementTimeout = Duration.seconds(30)
  /// How much longer than the server's limit a caller waits for the answer, and a connection for a sign of life.
  public var grace = Duration.seconds(2)
  /// The server ends a transaction that does nothing for this long.
  public var idleInTransactionTimeout = Duration.seconds(30)
  /// One attempt to connect, including name resolution.
  public var connectTimeout = Duration.seconds(5)
  /// A pool connection that was idle for this long is closed.
  public var idleTimeout = Duration.seconds(300)

  public init(
    host: String, port: Int = 5432, user: String? = nil, password: String? = nil, database: String? = nil,
    parameters: [String: String] = [:]
  ) {
    self.host = host
    self.port = port
    self.user = user
    self.password = password
    self.database = database
    self.parameters = parameters
  }

  public var isLocalSocket: Bool { host.hasPrefix("/") }

  public var description: String {
    let place = isLocalSocket ? "socket \(host)" : host.contains(":") ? "[\(host)]" : host
    return "\(user.map { "\($0)@" } ?? "")\(place):\(port)/\(database ?? user ?? "")"
  }

  public var customMirror: Mirror { Mirror(self, children: ["place": description]) }

  /// The same server with another database, user or both.
  public func with(database: String? = nil, user: String? = nil, password: String? = nil) -> DatabaseConfiguration {
    var copy = self
    if let database { copy.database = database }
    if let user { copy.user = user }
    if let password { copy.password = password }
    return copy
  }

  /// The configuration as a connection string, with its password: for handing to a process, never for a log.
  public var connectionString: String {
    let userinfo = user.map { Percent.encode($0) + (password.map { ":" + Percent.encode($0) } ?? "") + "@" } ?? ""
    let place = host.contains(":") ? "[\(host)]" : Percent.encode(host)
    let query = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\(Percent.encode($0.value))" }
    return "postgresql://\(userinfo)\(place):\(port)/\(database.map { Percent.encode($0) } ?? "")"
      + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }
}
