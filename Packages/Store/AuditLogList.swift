import Encodings
public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Filters of a list of the record, as the database takes them.
public struct AuditLogQuery: Sendable {
  public var users: [UUID] = []
  public var actors: [UUID] = []
  public var events: [String] = []
  public var clientNames: [String] = []
  /// A name that no user has any more, in lower case: only the entries themselves have it.
  public var formerName: String?
  /// Only addresses in these ranges, or only others.
  public var isInternal: Bool?
  public var ranges: [String] = []
  public var from: Date?
  public var to: Date?
  /// What a scope with its own index compares with.
  public var person: UUID?
  public var word: String?

  public init() {}

  func bind(_ values: inout Bindings) {
    values.add(users, actors, events, clientNames, formerName, isInternal, ranges, from, to, person, word)
  }

  static let times = """
    l.created_at >= coalesce($8::timestamptz, '-infinity') AND l.created_at < coalesce($9::timestamptz, 'infinity')
    """

  /// Text that cannot be an address is in no range.
  static let filters = """
    \(times) AND (cardinality($1::uuid[]) = 0 OR l.user_id = ANY ($1))
    AND (cardinality($2::uuid[]) = 0 OR l.actor_id = ANY ($2))
    AND (cardinality($3::text[]) = 0 OR l.event = ANY ($3))
    AND (cardinality($4::text[]) = 0 OR l.client_name = ANY ($4))
    AND ($5::text IS NULL OR lower(l.username) = $5 OR lower(l.actor_name) = $5)
    AND ($6::boolean IS NULL OR $6 = CASE
      WHEN l.address ~ '^[0-9]{1,3}(\\.[0-9]{1,3}){3}$' OR l.address ~ '^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$'
      THEN l.address::inet <<= ANY ($7::text[]::inet[]) END)
    """
}

/// Which index leads to the entries: each scope is its own statement, so that each has its own plan.
public protocol AuditLogScope: Sendable {
  static var condition: String { get }
}

/// The scopes.
public enum AuditLogScopes {
  /// By time alone.
  public enum Unfiltered: AuditLogScope {
    public static let condition = AuditLogQuery.times
  }
  public enum Filtered: AuditLogScope {
    public static let condition = AuditLogQuery.filters
  }
  public enum OfUser: AuditLogScope {
    public static let condition = "l.user_id = $10 AND \(AuditLogQuery.filters)"
  }
  /// About a person, or by them.
  public enum OfPerson: AuditLogScope {
    public static let condition = "(l.user_id = $10 OR l.actor_id = $10) AND \(AuditLogQuery.filters)"
  }
  public enum OfEvent: AuditLogScope {
    public static let condition = "l.event = $11 AND \(AuditLogQuery.filters)"
  }
  public enum OfClient: AuditLogScope {
    public static let condition = "l.client_name = $11 AND \(AuditLogQuery.filters)"
  }
}

/// Which end of the record comes first.
public protocol AuditLogOrder: Sendable {
  static var sql: String { get }
}

public enum AuditLogOrders {
  public enum Newest: AuditLogOrder {
    public static let sql = "l.created_at DESC, l.id DESC"
  }
  public enum Oldest: AuditLogOrder {
    public static let sql = "l.created_at, l.id"
  }
}

/// One page of the record. The page's ids are found first: far pages touch the index alone.
public struct AuditLogList<Scope: AuditLogScope, Order: AuditLogOrder>: Statement {
  public static var sql: String {
    """
    SELECT l.id, l.created_at, l.event, l.address, l.user_agent, l.user_id, l.username, l.actor_id, l.actor_name,
      l.session_id, l.api_key_id, l.client_id, l.client_name, l.data, l.changes, l.request_id, e.batch
    FROM audit_log l LEFT JOIN audit_sealed e ON e.seq = l.seq WHERE l.id = ANY (ARRAY(
      SELECT l.id FROM audit_log l WHERE \(Scope.condition) ORDER BY \(Order.sql) LIMIT $12 OFFSET $13))
    ORDER BY \(Order.sql)
    """
  }

  public let bindings: Bindings

  public init(_ query: AuditLogQuery, limit: Int, offset: Int) {
    bindings = Bindings { values in
      query.bind(&values)
      values.add(limit, offset)
    }
  }

  public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.AuditLogEntry {
    try Admin.AuditLogEntry(row: &row)
  }
}

/// How long a list of the record is.
public struct AuditLogCount<Scope: AuditLogScope>: Statement {
  public static var sql: String { "SELECT count(*) FROM audit_log l WHERE \(Scope.condition)" }

  public let bindings: Bindings

  public init(_ query: AuditLogQuery) {
    bindings = Bindings { values in
      query.bind(&values)
    }
  }

  public static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

/// How long the whole record is: the seals tell, without reading every entry.
public struct AuditLogTotal: Statement {
  public static let sql = """
    SELECT (SELECT coalesce(sum(entries), 0)::bigint FROM audit_seals WHERE pruned_at IS NULL)
      + (SELECT count(*) FROM audit_log l WHERE \(AuditSeals.waits))
    """

  public init() {}

  public static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
}

/// What the record can be narrowed to.
public enum AuditLogFilters {
  /// Apps by name, each found by one step along the index.
  public struct Clients: Statement {
    public static let sql = """
      WITH RECURSIVE named AS (
        (SELECT client_name FROM audit_log WHERE client_name IS NOT NULL ORDER BY client_name LIMIT 1)
        UNION ALL
        SELECT (SELECT l.client_name FROM audit_log l WHERE l.client_name > n.client_name ORDER BY l.client_name LIMIT 1)
        FROM named n WHERE n.client_name IS NOT NULL)
      SELECT client_name FROM named WHERE client_name IS NOT NULL LIMIT $1
      """

    public let bindings: Bindings

    public init(limit: Int) { bindings = Bindings(limit) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> String { try row.next() }
  }

  /// People whom the record is about, with the newest name of each; the same steps.
  public struct Users: Statement {
    public static let sql = """
      WITH RECURSIVE people AS (
        (SELECT user_id, username FROM audit_log WHERE user_id IS NOT NULL ORDER BY user_id, created_at DESC LIMIT 1)
        UNION ALL
        SELECT n.user_id, n.username FROM people p CROSS JOIN LATERAL (
          SELECT l.user_id, l.username FROM audit_log l WHERE l.user_id > p.user_id
          ORDER BY l.user_id, l.created_at DESC LIMIT 1) n)
      SELECT user_id, coalesce(username, '') FROM people LIMIT $1
      """

    public let bindings: Bindings

    public init(limit: Int) { bindings = Bindings(limit) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.AuditLogEntry.Somebody {
      Admin.AuditLogEntry.Somebody(id: UserID(try row.next(UUID.self)), username: try row.next())
    }
  }

  /// The user who has, or until recently had, a name or e-mail address.
  public struct FindPerson: Statement {
    public static let sql = """
      SELECT id FROM (
        SELECT id, 1 AS rank FROM users WHERE lower(username) = lower($1)
        UNION ALL SELECT id, 2 FROM users WHERE lower(email) = lower($1)
        UNION ALL SELECT user_id, 3 FROM retired_names WHERE name = lower($1)) found ORDER BY rank LIMIT 1
      """

    public let bindings: Bindings

    public init(_ name: String) { bindings = Bindings(name) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> UUID { try row.next() }
  }
}

extension Admin.AuditLogEntry {
  init(row: inout RowReader) throws(RowError) {
    self.init(
      id: try row.next(), createdAt: try row.next(), event: try row.next(), address: try row.next(),
      userAgent: try row.next())
    user = try Somebody(row: &row)
    actor = try Somebody(row: &row)
    session = try row.next(UUID?.self).map { SessionID($0) }
    apiKey = try row.next(UUID?.self).map { APIKeyID($0) }
    clientID = try row.next()
    clientName = try row.next()
    let (data, changes) = (try row.next(JSONText.self), try row.next(JSONText?.self))
    // Only we write these; data that was tampered with is shown as far as it can be read.
    self.data = (data.value?.object ?? [:]).compactMapValues(\.string)
    self.changes = (changes?.value?.object ?? [:]).compactMapValues { change in
      guard let before = change["before"], let after = change["after"] else { return nil }
      return Change(before: before, after: after)
    }
    request = RequestID(bytes: try row.next(Data.self))
    batch = try row.next()
  }
}

extension Admin.AuditLogEntry.Somebody {
  /// Nil if there is neither an id nor a name.
  init?(row: inout RowReader) throws(RowError) {
    let (id, username) = (try row.next(UUID?.self), try row.next(String?.self))
    guard id != nil || username != nil else { return nil }
    self.init(id: id.map { UserID($0) }, username: username ?? "")
  }
}
