/// How one connection is opened: libpq's parameters, the session's settings, the connection's own limits.
struct ConnectionSettings: Sendable {
  /// What the connection is for; decides what its session may do.
  enum Role: Sendable {
    /// Reads only, which the server enforces: that is why a lost read has certainly changed nothing.
    case lane
    case pool
    /// LISTEN.
    case listener
    /// Migrations, CREATE DATABASE: no time limits.
    case session
  }

  let configuration: DatabaseConfiguration
  let role: Role

  var effect: Request.Effect { role == .lane ? .none : .commits }

  var statementTimeout: Duration {
    switch role {
    case .lane, .listener: configuration.readTimeout
    case .pool: configuration.statementTimeout
    case .session: .zero
    }
  }

  /// How long a caller waits for the answer to a sent statement; nil means forever.
  var answerTimeout: Duration? {
    statementTimeout == .zero ? nil : statementTimeout + configuration.grace
  }

  /// If no answer arrives for this long although some are due, the connection is given up: the server enforces its own
  /// limit, so silence beyond it means that the network or the server is gone.
  var stallTimeout: Duration? { answerTimeout.map { $0 + configuration.grace } }

  /// libpq's keywords and values; the addresses belong to the configuration's host.
  func keywords(addresses: [String]) -> [(String, String)] {
    var keywords = configuration.parameters
    let options = keywords.removeValue(forKey: "options")
    // Looking for Kerberos tickets takes time on the event thread, so it is opt-in.
    if keywords["gssencmode"] == nil { keywords["gssencmode"] = "disable" }
    if addresses.isEmpty {
      keywords["host"] = configuration.host
      keywords["port"] = String(configuration.port)
    } else {
      // One host per address, as libpq wants it: the name is still needed to check the server's certificate.
      keywords["host"] = addresses.map { _ in configuration.host }.joined(separator: ",")
      keywords["hostaddr"] = addresses.joined(separator: ",")
      keywords["port"] = addresses.map { _ in String(configuration.port) }.joined(separator: ",")
      if keywords["tcp_user_timeout"] == nil, let limit = stallTimeout {
        keywords["tcp_user_timeout"] = String(limit.milliseconds)
      }
    }
    keywords["user"] = configuration.user
    keywords["password"] = configuration.password
    keywords["dbname"] = configuration.database
    keywords["application_name"] = configuration.applicationName
    keywords["client_encoding"] = "UTF8"
    keywords["options"] = ([sessionSettings] + [options].compactMap { $0 }).joined(separator: " ")
    return keywords.sorted { $0.key < $1.key }
  }

  /// Statements on the lane look up rows by key: indexes and nested loops are right whatever the size of the tables and
  /// whatever the key, and each statement is planned once. Left alone, the planner hashes a table of a few hundred rows
  /// for every look-up, which takes as long as the rest of the statement (userinfo's ran 7,400 times a second, and runs
  /// 13,600 times), and switches to another plan when the table grows.
  private static let lookUps =
    ["enable_hashjoin", "enable_mergejoin", "enable_seqscan", "enable_bitmapscan"].map { ($0, "off") }
    + [("plan_cache_mode", "force_generic_plan")]

  private var sessionSettings: String {
    let idle = role == .session ? .zero : configuration.idleInTransactionTimeout
    var settings = [
      ("TimeZone", "UTC"),
      ("statement_timeout", String(statementTimeout.milliseconds)),
      ("idle_in_transaction_session_timeout", String(idle.milliseconds)),
    ]
    if role == .lane { settings += [("default_transaction_read_only", "on")] + Self.lookUps }
    return settings.map { name, value in "-c \(name)=\(value)" }.joined(separator: " ")
  }
}

extension Duration {
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
