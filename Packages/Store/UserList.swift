public import LatchkeyProtocol
public import Postgres

/// What a list of people is sorted by: an expression that an index knows, or a truth value.
public protocol UserOrder: Sendable {
  static var key: String { get }
}

/// Orders by the REST API's names of columns.
public enum UserOrders {
  public enum Username: UserOrder { public static let key = "lower(u.username)" }
  public enum Email: UserOrder { public static let key = "lower(u.email)" }
  public enum FirstName: UserOrder { public static let key = "lower(u.first_name)" }
  public enum LastName: UserOrder { public static let key = "lower(u.last_name)" }
  public enum DisplayName: UserOrder { public static let key = "lower(u.display_name)" }
  public enum CreatedAt: UserOrder { public static let key = "u.created_at" }
  public enum IsAdmin: UserOrder { public static let key = "u.is_admin" }
  public enum Disabled: UserOrder { public static let key = "u.disabled" }
  public enum EmailVerified: UserOrder { public static let key = "u.email_verified" }
}

/// Which way a list runs.
public protocol ListDirection: Sendable {
  static var sql: String { get }
}

public enum Ascending: ListDirection { public static let sql = "ASC" }
public enum Descending: ListDirection { public static let sql = "DESC" }

extension Users {
  /// Whom a list is about.
  public struct Selection: Sendable {
    /// Parameters $1 to $4. A search reads one column, whatever it looks for.
    static let condition = """
      ($1::text IS NULL OR u.search_text LIKE $1) AND u.is_admin = ANY($2::bool[]) AND u.disabled = ANY($3::bool[])
        AND u.email_verified = ANY($4::bool[])
      """

    let pattern: String?
    let filter: Admin.UserFilter

    /// - Parameter search: found anywhere in a name or address, without regard to case; nil for all.
    public init(search: String?, filter: Admin.UserFilter) {
      pattern = search.map { Clients.pattern($0.lowercased()) }
      self.filter = filter
    }

    func bind(_ values: inout Bindings) {
      values.add(pattern)
      for wanted in [filter.isAdmin, filter.disabled, filter.emailVerified] {
        values.add(wanted.map { [$0] } ?? [true, false])
      }
    }
  }

  /// How many people are selected. A statement of its own: counted beside wide rows, each of them would be carried through
  /// the count.
  public struct Count: Statement {
    public static let sql = "SELECT count(*) FROM users u WHERE \(Selection.condition)"

    let selection: Selection

    public init(_ selection: Selection) { self.selection = selection }

    public func bind(_ values: inout Bindings) { selection.bind(&values) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Int {
      let count: Int64 = try row.next()
      return Int(count)
    }
  }

  /// One page of people. One type per order, so that each is planned for itself and walks its index, from whichever end.
  public struct List<Order: UserOrder, Direction: ListDirection>: Statement {
    // The page is found by id alone before its rows are read: what is skipped is never carried along.
    public static var sql: String {
      """
      SELECT \(columns) FROM users u
      WHERE u.id = ANY(ARRAY(
        SELECT u.id FROM users u WHERE \(Selection.condition)
        ORDER BY \(Order.key) \(Direction.sql), u.id \(Direction.sql) LIMIT $5 OFFSET $6))
      ORDER BY \(Order.key) \(Direction.sql), u.id \(Direction.sql)
      """
    }

    let selection: Selection
    let limit: Int
    let offset: Int

    public init(_ selection: Selection, limit: Int, offset: Int) {
      self.selection = selection
      self.limit = limit
      self.offset = offset
    }

    public func bind(_ values: inout Bindings) {
      selection.bind(&values)
      values.add(Int64(limit))
      values.add(Int64(offset))
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }
}
