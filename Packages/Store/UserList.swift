public import LatchkeyProtocol
public import Postgres

/// What a list of users is sorted by: an expression that an index covers, or a truth value.
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
  /// One page of a list: every row has the total, as does one row without a user if the page is empty.
  public struct Listed: Sendable {
    public let total: Int
    public let user: User?

    init(row: inout RowReader) throws(RowError) {
      total = Int(try row.next(Int64.self))
      user = try User.optional(row: &row)
    }
  }

  /// The rows of a page whose ids `page` selects. They are looked up by id at the very end: what is counted, sorted and
  /// skipped is narrow.
  private static func page(_ page: String, of total: String, by order: String) -> String {
    """
    SELECT t.total, \(columns) FROM (SELECT count(*) AS total FROM \(total)) t
    LEFT JOIN users u ON u.id = ANY(ARRAY(\(page))) ORDER BY \(order)
    """
  }

  private static func order<Order: UserOrder, Direction: ListDirection>(_: Order.Type, _: Direction.Type) -> String {
    "\(Order.key) \(Direction.sql), u.id \(Direction.sql)"
  }

  /// One page of all users. One type per order, so that each gets its own plan and walks its index, which holds all
  /// that the walk needs.
  public struct ListAll<Order: UserOrder, Direction: ListDirection>: Statement {
    public static var sql: String {
      let order = Users.order(Order.self, Direction.self)
      return Users.page("SELECT u.id FROM users u ORDER BY \(order) LIMIT $1 OFFSET $2", of: "users", by: order)
    }

    public let bindings: Bindings

    public init(limit: Int, offset: Int) { bindings = Bindings(Int64(limit), Int64(offset)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Listed { try Listed(row: &row) }
  }

  /// One page of the users that match a search or filter. All of them are found first, in one pass over the table: a
  /// plan that walks an index and hopes to meet enough of them early reads everything at random when they are few.
  public struct ListSome<Order: UserOrder, Direction: ListDirection>: Statement {
    public static var sql: String {
      """
      WITH found AS MATERIALIZED (
        SELECT u.id, \(Order.key) AS key FROM users u
        WHERE ($1::text IS NULL OR u.search_text LIKE $1) AND u.is_admin = ANY($2::bool[])
          AND u.disabled = ANY($3::bool[]) AND u.email_verified = ANY($4::bool[]))
      \(Users.page(
        "SELECT f.id FROM found f ORDER BY f.key \(Direction.sql), f.id \(Direction.sql) LIMIT $5 OFFSET $6",
        of: "found", by: Users.order(Order.self, Direction.self)))
      """
    }

    public let bindings: Bindings

    /// - Parameter search: found anywhere in a name or address, without regard to case; nil for all.
    public init(search: String?, filter: Admin.UserFilter, limit: Int, offset: Int) {
      let pattern = search.map { Clients.pattern($0.lowercased()) }
      bindings = Bindings { values in
        values.add(pattern)
        for wanted in [filter.isAdmin, filter.disabled, filter.emailVerified] {
          values.add(wanted.map { [$0] } ?? [true, false])
        }
        values.add(Int64(limit), Int64(offset))
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Listed { try Listed(row: &row) }
  }
}
