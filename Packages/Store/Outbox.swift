public import Foundation
public import LatchkeyProtocol
public import Postgres

/// An item that is about to be put into the outbox, in the statement or the transaction of its cause.
public struct OutboxItem: Sendable {
  /// The same request posts the same item once, however often it is repeated.
  public let id: UUID
  /// The service that delivers it.
  let service: Ownership.Service
  let kind: String
  let sealed: Data
  /// After this, the item is of no use.
  let usefulSeconds: Double

  public init(id: UUID, service: Ownership.Service, kind: String, sealed: Data, usefulSeconds: Double) {
    self.id = id
    self.service = service
    self.kind = kind
    self.sealed = sealed
    self.usefulSeconds = usefulSeconds
  }

  /// An INSERT of the item with its five parameters from `$first` on, one row per row of `source`, for a statement that
  /// does what the item reports. It wakes the deliverers when it commits. Other services may only insert here: nothing
  /// is read back from the table.
  static func insert(from source: String, userID: String, first: Int) -> String {
    let p = (first..<first + 5).map { "$\($0)" }
    return """
      INSERT INTO outbox (id, service, kind, user_id, sealed, useful_until)
      SELECT \(p[0]), \(p[1]), \(p[2]), \(userID), \(p[3]), now() + make_interval(secs => \(p[4])) FROM \(source)
      ON CONFLICT DO NOTHING RETURNING length(pg_notify('\(Outbox.channel)', \(p[1]))::text)
      """
  }

  func bind(_ values: inout Bindings) {
    values.add(id, service.rawValue, kind, sealed, usefulSeconds)
  }
}

/// Items to send: written with their cause, delivered by any instance of the service that the row names.
public enum Outbox {
  /// Where new items are announced; the payload is the delivering service's name.
  public static let channel = "latchkey_outbox"

  static let open = "delivered_at IS NULL AND failed_at IS NULL"

  /// Posts an item, in a transaction or by itself.
  public struct Post: Statement {
    public static let sql = OutboxItem.insert(from: "(VALUES (1)) AS one", userID: "$6::uuid", first: 1)

    public let bindings: Bindings

    public init(_ item: OutboxItem, about user: UserID?) {
      bindings = Bindings { values in
        item.bind(&values)
        values.add(user?.uuid)
      }
    }
  }

  /// SQL: whether a mail server is set. Without one, no one is told anything.
  static let hasMailServer = "EXISTS (SELECT 1 FROM settings WHERE coalesce(environment, chosen) ->> 'smtpHost' <> '')"

  /// Posts news about an account, in the transaction of what happened there.
  public struct Tell: Statement {
    public static let sql = OutboxItem.insert(
      from: "(VALUES (1)) AS one WHERE \(hasMailServer)", userID: "$6::uuid", first: 1)

    public let bindings: Bindings

    public init(_ user: UserID, _ item: OutboxItem) {
      bindings = Bindings { values in
        item.bind(&values)
        values.add(user.uuid)
      }
    }
  }

  /// One item, claimed for one attempt.
  public struct Claimed: Sendable {
    public let id: UUID
    public let kind: String
    public let sealed: Data
    public let createdAt: Date
    /// Since it was posted.
    public let age: Duration
    /// This attempt included.
    public let attempts: Int
    /// Nil: about no user, or about one who is gone.
    public let reader: Reader?

    /// The user it is about, as they are now.
    public struct Reader: Sendable {
      public let email: String?
      public let displayName: String
      public let locale: String?
      public let disabled: Bool
    }
  }

  /// An UPDATE that claims, of the items that meet `condition`, the one that has waited longest. Items that are of no
  /// use any more are left to `DropUseless`.
  static func claiming(_ condition: String, by claimer: String, leaseSeconds: String) -> String {
    """
    UPDATE outbox SET leased_until = now() + make_interval(secs => \(leaseSeconds)), leased_by = \(claimer),
      attempts = attempts + 1
    WHERE id = (
      SELECT id FROM outbox
      WHERE \(condition) AND due_at <= now() AND (leased_until IS NULL OR leased_until <= now())
        AND (useful_until IS NULL OR useful_until > now())
      ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    """
  }

  /// Claims the item that has waited longest, for one lease: no other process takes it before the lease has run out or
  /// the outcome is noted.
  public struct Claim: Statement {
    public static let sql = """
      WITH claimed AS (
        \(claiming("service = $1 AND \(open)", by: "$2", leaseSeconds: "$3"))
        RETURNING id, kind, sealed, created_at, attempts, user_id)
      SELECT c.id, c.kind, c.sealed, c.created_at, extract(epoch FROM now() - c.created_at)::float8, c.attempts,
        u.email, u.display_name, u.locale, u.disabled
      FROM claimed c LEFT JOIN users u ON u.id = c.user_id
      """

    public let bindings: Bindings

    public init(_ service: Ownership.Service, by claimer: UUID, leaseSeconds: Double) {
      bindings = Bindings(service.rawValue, claimer, leaseSeconds)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Claimed {
      let id: UUID = try row.next()
      let kind: String = try row.next()
      let sealed: Data = try row.next()
      let createdAt: Date = try row.next()
      let seconds: Double = try row.next()
      let attempts: Int = try row.next()
      let email: String? = try row.next()
      let displayName: String? = try row.next()
      let locale: String? = try row.next()
      let disabled: Bool? = try row.next()
      return Claimed(
        id: id, kind: kind, sealed: sealed, createdAt: createdAt, age: .seconds(seconds), attempts: attempts,
        reader: displayName.map { name in
          Claimed.Reader(email: email, displayName: name, locale: locale, disabled: disabled ?? true)
        })
    }
  }

  /// An attempt's outcome. Only the claimer notes it, and only while no other process has claimed the item since.
  public enum Verdict: Sendable {
    case delivered
    /// Try again after this many seconds.
    case retry(seconds: Double, error: String)
    case failed(error: String)
  }

  /// Notes an attempt's outcome. A delivered item keeps no content.
  public struct Note: Statement {
    public static let sql = """
      UPDATE outbox SET leased_until = NULL, leased_by = NULL, last_error = $4,
        delivered_at = CASE WHEN $3 = 'delivered' THEN now() END,
        failed_at = CASE WHEN $3 = 'failed' THEN now() END,
        due_at = CASE WHEN $3 = 'retry' THEN now() + make_interval(secs => $5) ELSE due_at END,
        sealed = CASE WHEN $3 = 'delivered' THEN ''::bytea ELSE sealed END
      WHERE id = $1 AND leased_by = $2 AND \(open)
      """

    public let bindings: Bindings

    public init(_ id: UUID, by claimer: UUID, _ verdict: Verdict) {
      bindings = Bindings { values in
        values.add(id, claimer)
        values.add(verdict)
      }
    }
  }

  /// Gives up items that are of no use any more: an expired login code helps no one.
  public struct DropUseless: Statement {
    public static let sql = """
      UPDATE outbox SET failed_at = now(), last_error = coalesce(last_error, $2)
      WHERE service = $1 AND \(open) AND useful_until <= now() AND (leased_until IS NULL OR leased_until <= now())
      """

    public let bindings: Bindings

    public init(_ service: Ownership.Service, error: String) { bindings = Bindings(service.rawValue, error) }
  }
}

extension Bindings {
  /// Three parameters: the outcome, its error, and the seconds until the next attempt.
  mutating func add(_ verdict: Outbox.Verdict) {
    switch verdict {
    case .delivered:
      add("delivered")
      add(String?.none)
      add(0.0)
    case .retry(let seconds, let error):
      add("retry")
      add(String?.some(error))
      add(seconds)
    case .failed(let error):
      add("failed")
      add(String?.some(error))
      add(0.0)
    }
  }
}
