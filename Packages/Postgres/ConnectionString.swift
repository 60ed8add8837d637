import Encodings

/// Why a connection string was refused. The sentence never repeats what stands between "//" and the last "@".
public struct ConnectionStringError: Error, Sendable, Equatable, CustomStringConvertible {
  public let explanation: String

  init(_ explanation: String) { self.explanation = explanation }

  public var description: String { explanation }
}

extension DatabaseConfiguration {
  /// Parses `postgres://user:password@host:port/database?sslmode=…` (also `postgresql://`). A Unix socket is given by
  /// its folder, percent-encoded as the host or as `?host=/path`. Reserved characters in user and password are
  /// percent-encoded.
  public init(connectionString text: String) throws(ConnectionStringError) {
    var parser = try ConnectionStringParser(text)
    self = try parser.parse()
  }
}

private struct ConnectionStringParser {
  private let authority: Substring
  private let path: Substring?
  private let query: Substring?

  /// Splits the text into its three parts.
  init(_ text: String) throws(ConnectionStringError) {
    guard let scheme = ["postgres://", "postgresql://"].first(where: { text.hasPrefix($0) }) else {
      throw ConnectionStringError("The connection string must begin with postgres:// or postgresql://.")
    }
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw ConnectionStringError("The connection string contains a space or a control character; write it as %20 etc.")
    }
    let rest = text.dropFirst(scheme.count)
    // A raw "@" after the first "/" or "?", and any "#", is nearly always a password that was not percent-encoded.
    // Going on would mistake half of that password for a host, and might print it.
    let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
    guard !rest[end...].contains("@"), !rest.contains("#") else { throw Self.unescaped }
    authority = rest[..<end]
    let tail = rest[end...]
    let question = tail.firstIndex(of: "?")
    query = question.map { tail[tail.index(after: $0)...] }
    let path = tail[..<(question ?? tail.endIndex)]
    self.path = path.isEmpty ? nil : path.dropFirst()
  }

  private static let unescaped = ConnectionStringError(
    "The connection string has a reserved character in the user or password: write @ as %40, : as %3A, / as %2F, ? as %3F, "
      + "# as %23, % as %25.")

  mutating func parse() throws(ConnectionStringError) -> DatabaseConfiguration {
    var settings = try parseQuery()
    var configuration = DatabaseConfiguration(host: "")

    func take(_ name: String, _ fromURL: String?) throws(ConnectionStringError) -> String? {
      guard let value = settings.removeValue(forKey: name) else { return fromURL }
      guard fromURL == nil else { throw ConnectionStringError("The connection string names the \(name) twice.") }
      return value
    }

    let at = authority.lastIndex(of: "@")
    let userinfo = at.map { authority[..<$0] }
    let place = at.map { authority[authority.index(after: $0)...] } ?? authority
    guard userinfo?.contains("@") != true else { throw Self.unescaped }
    let colon = userinfo?.firstIndex(of: ":")
    let user = try userinfo.map { info throws(ConnectionStringError) in
      try Self.decoded(info[..<(colon ?? info.endIndex)], "user")
    }
    let password = try userinfo.flatMap { info throws(ConnectionStringError) in
      try colon.map { colon throws(ConnectionStringError) in
        try Self.decoded(info[info.index(after: colon)...], "password")
      }
    }
    guard colon.map({ userinfo?[$0...].dropFirst().contains(":") != true }) ?? true else { throw Self.unescaped }
    let (host, port) = try Self.hostAndPort(place)

    configuration.user = try take("user", user?.isEmpty == true ? nil : user)
    configuration.password = try take("password", password?.isEmpty == true ? nil : password)
    configuration.host = try take("host", host) ?? "/var/run/postgresql"
    guard !configuration.host.contains(",") else {
      throw ConnectionStringError("The connection string names several hosts; give one.")
    }
    configuration.port = try Self.port(try take("port", port)) ?? 5432
    guard path?.contains("/") != true else {
      throw ConnectionStringError("The connection string's database name contains a slash; write it as %2F.")
    }
    let database = try path.map { path throws(ConnectionStringError) in try Self.decoded(path, "database") }
    configuration.database = try take("dbname", database?.isEmpty == true ? nil : database)
    if let name = settings.removeValue(forKey: "application_name") { configuration.applicationName = name }
    if let seconds = settings.removeValue(forKey: "connect_timeout") {
      guard let seconds = Int(seconds), (1...600).contains(seconds) else {
        throw ConnectionStringError("The connection string's connect_timeout must be 1 to 600 seconds.")
      }
      configuration.connectTimeout = .seconds(seconds)
    }
    if let mode = settings["sslmode"], !Self.sslModes.contains(mode) {
      throw ConnectionStringError(
        "The connection string's sslmode must be one of \(Self.sslModes.joined(separator: ", ")).")
    }
    // `schema` says where the tables are. Other programs' strings have this one, which is no reason to refuse them.
    settings["search_path"] = nil
    configuration.parameters = settings
    return configuration
  }

  private static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

  private static let known: Set<String> = [
    "host", "port", "user", "password", "dbname", "application_name", "connect_timeout", "sslmode", "sslrootcert",
    "sslcert",
    "sslkey", "sslcrl", "sslsni", "ssl_min_protocol_version", "ssl_max_protocol_version", "channel_binding", "options",
    "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "gssencmode",
    "krbsrvname", "target_session_attrs", "search_path",
  ]

  private func parseQuery() throws(ConnectionStringError) -> [String: String] {
    var settings: [String: String] = [:]
    for pair in query?.split(separator: "&") ?? [] {
      guard let equals = pair.firstIndex(of: "=") else {
        throw ConnectionStringError("The connection string has a parameter without a value after the question mark.")
      }
      let name = String(pair[..<equals])
      guard Self.known.contains(name) else {
        // The name is the user's own text: printed only if it looks like a name.
        let shown = name.utf8.allSatisfy { (97...122).contains($0) || $0 == 95 } && name.count <= 40 ? " \(name)" : ""
        throw ConnectionStringError("The connection string has an unknown parameter\(shown).")
      }
      let value = try Self.decoded(pair[pair.index(after: equals)...], name)
      guard settings.updateValue(value, forKey: name) == nil else {
        throw ConnectionStringError("The connection string names \(name) twice.")
      }
    }
    return settings
  }

  private static func hostAndPort(_ place: Substring) throws(ConnectionStringError) -> (String?, String?) {
    if place.hasPrefix("[") {
      guard let close = place.firstIndex(of: "]") else {
        throw ConnectionStringError("The connection string's IPv6 address lacks its closing bracket.")
      }
      let rest = place[place.index(after: close)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw ConnectionStringError("The connection string has something other than a port after the IPv6 address.")
      }
      return (
        String(place[place.index(after: place.startIndex)..<close]), rest.isEmpty ? nil : String(rest.dropFirst())
      )
    }
    let parts = place.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2 else {
      throw ConnectionStringError("The connection string's host has several colons; write an IPv6 address in brackets.")
    }
    let host = try decoded(parts[0], "host")
    return (host.isEmpty ? nil : host, parts.count == 2 ? String(parts[1]) : nil)
  }

  private static func port(_ text: String?) throws(ConnectionStringError) -> Int? {
    guard let text else { return nil }
    guard text.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(text), (1...65_535).contains(port) else {
      throw ConnectionStringError("The connection string's port must be a number from 1 to 65535.")
    }
    return port
  }

  private static func decoded(_ text: Substring, _ what: String) throws(ConnectionStringError) -> String {
    do {
      return try Percent.decode(text.utf8)
    } catch .malformedEscape {
      throw ConnectionStringError("The connection string's \(what) has a % that two hexadecimal digits do not follow.")
    } catch {
      throw ConnectionStringError("The connection string's \(what) is not UTF-8 text.")
    }
  }
}
