public import Foundation
public import LatchkeyProtocol
public import Postgres

/// The outbox as an administrator sees it: what waits and what failed, without any content.
extension Outbox {
  static let statusColumns = """
    o.id, o.kind, o.user_id, u.username, u.email, o.created_at, o.attempts, o.due_at, o.leased_until > now(), o.failed_at,
    o.last_error, o.useful_until IS NULL OR o.useful_until > now()
    """

  /// Undelivered items: failed ones first, then waiting ones, each newest first.
  public struct Undelivered: Statement {
    public static let sql = """
      SELECT \(statusColumns), count(*) OVER () FROM outbox o LEFT JOIN users u ON u.id = o.user_id
      WHERE o.service = $1 AND o.delivered_at IS NULL
      ORDER BY o.failed_at IS NULL, o.created_at DESC, o.id LIMIT $2 OFFSET $3
      """

    public let bindings: Bindings

    public init(_ service: Ownership.Service, _ page: Admin.ListBounds) {
      bindings = Bindings(service.rawValue, page.limit, page.offset)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<Admin.MailStatus> {
      try Counted(&row, Admin.MailStatus.init(row:))
    }
  }

  /// One item that was not delivered; no row once it was, or when it was discarded.
  public struct Status: Statement {
    public static let sql = """
      SELECT \(statusColumns) FROM outbox o LEFT JOIN users u ON u.id = o.user_id
      WHERE o.id = $1 AND o.delivered_at IS NULL
      """

    public let bindings: Bindings

    public init(_ id: UUID) { bindings = Bindings(id) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.MailStatus {
      try Admin.MailStatus(row: &row)
    }
  }

  /// Tries an item again now. Returns whether the item exists, and whether it would still be of use.
  public struct RetryNow: Statement {
    public static let sql = """
      WITH again AS (
        UPDATE outbox SET failed_at = NULL, due_at = now()
        WHERE id = $1 AND service = $2 AND delivered_at IS NULL AND (useful_until IS NULL OR useful_until > now())
        RETURNING length(pg_notify('\(channel)', $2)::text))
      SELECT EXISTS (SELECT 1 FROM outbox WHERE id = $1 AND service = $2 AND delivered_at IS NULL),
        EXISTS (SELECT 1 FROM again)
      """

    public let bindings: Bindings

    public init(_ id: UUID, of service: Ownership.Service) { bindings = Bindings(id, service.rawValue) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> (exists: Bool, done: Bool) {
      (try row.next(), try row.next())
    }
  }

  /// Removes an item that is not being delivered right now.
  public struct Discard: Statement {
    public static let sql = """
      DELETE FROM outbox WHERE id = $1 AND service = $2 AND delivered_at IS NULL
        AND (leased_until IS NULL OR leased_until <= now()) RETURNING kind, user_id
      """

    public let bindings: Bindings

    public init(_ id: UUID, of service: Ownership.Service) { bindings = Bindings(id, service.rawValue) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> (kind: String, user: UUID?) {
      (try row.next(), try row.next())
    }
  }
}

extension Admin.MailStatus {
  init(row: inout RowReader) throws(RowError) {
    let id: UUID = try row.next()
    let kind: String = try row.next()
    let user: UUID? = try row.next()
    let username: String? = try row.next()
    let email: String? = try row.next()
    let createdAt: Date = try row.next()
    let attempts: Int = try row.next()
    let due: Date = try row.next()
    let isLeased: Bool? = try row.next()
    let failedAt: Date? = try row.next()
    let error: String? = try row.next()
    let isUseful: Bool = try row.next()
    let parts = error.map { $0.split(separator: ":", maxSplits: 1).map(String.init) } ?? []
    self.init(
      id: id, kind: kind, state: failedAt != nil ? .failed : isLeased == true ? .sending : .waiting,
      user: user.map { UserID($0) }, username: username, email: email, createdAt: createdAt, attempts: attempts,
      nextAttempt: failedAt == nil ? due : nil, failedAt: failedAt, reason: parts.first,
      detail: parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : nil, canRetry: isUseful)
  }
}
