public import Foundation
import LatchkeyProtocol
public import Postgres

/// An entry of the record as it is sealed: every column but its number, in text.
public struct SealedContent: Sendable, Equatable {
  public let id: UUID
  /// Microseconds since 1970.
  public let createdAt: Int64
  /// In the order of `AuditSeals.columns`.
  public let texts: [String?]

  public init(id: UUID, createdAt: Int64, texts: [String?]) {
    self.id = id
    self.createdAt = createdAt
    self.texts = texts
  }

  init(row: inout RowReader) throws(RowError) {
    let id: UUID = try row.next()
    let createdAt: Int64 = try row.next()
    var texts: [String?] = []
    for _ in AuditSeals.columns { texts.append(try row.next()) }
    self.init(id: id, createdAt: createdAt, texts: texts)
  }
}

/// A batch's seal, as the table holds it. Times are microseconds since 1970.
public struct AuditSeal: Sendable, Equatable {
  public let batch: Int
  public let entries: Int
  public let firstAt: Int64
  public let lastAt: Int64
  public let sealedAt: Int64
  public let contentHash: Data
  public var seal: Data
  public var prunedAt: Int64?
  public var prunedSeal: Data?

  public init(
    batch: Int, entries: Int, firstAt: Int64, lastAt: Int64, sealedAt: Int64, contentHash: Data, seal: Data = Data(),
    prunedAt: Int64? = nil, prunedSeal: Data? = nil
  ) {
    self.batch = batch
    self.entries = entries
    self.firstAt = firstAt
    self.lastAt = lastAt
    self.sealedAt = sealedAt
    self.contentHash = contentHash
    self.seal = seal
    self.prunedAt = prunedAt
    self.prunedSeal = prunedSeal
  }
}

/// The chain of seals over the record. What the hashes are made of is ServiceStore's `AuditChain`.
public enum AuditSeals {
  static func micros(_ time: String) -> String { "(extract(epoch FROM \(time)) * 1000000)::bigint" }

  static func time(_ micros: String) -> String { "timestamptz 'epoch' + \(micros) * interval '1 microsecond'" }

  /// What is sealed of an entry, under the alias `l`, in order. A text of jsonb is canonical: PostgreSQL sorts its
  /// keys.
  public static let columns = [
    "l.id::text", "\(micros("l.created_at"))::text", "l.event", "l.user_id::text", "l.username", "l.actor_id::text",
    "l.actor_name", "l.session_id::text", "l.api_key_id::text", "l.client_id", "l.client_name", "l.address",
    "l.user_agent", "l.data::text", "l.changes::text", "encode(l.request_id, 'hex')",
  ]

  /// SQL: the number up to which every entry is sealed. Entries are numbered as they are written, and none takes longer
  /// from its number to its commit than a statement and a pause in a transaction may, a minute in all
  /// (`DatabaseConfiguration`).
  private static let settled = """
    coalesce(
      (SELECT through FROM audit_seals WHERE sealed_at < now() - interval '2 minutes' ORDER BY batch DESC LIMIT 1), 0)
    """

  /// SQL: whether the entry `l` waits for its seal.
  static let waits = """
    l.seq > \(settled) AND NOT EXISTS (
      SELECT 1 FROM audit_sealed sealed WHERE sealed.seq = l.seq AND sealed.seq > \(settled))
    """

  static let content = "l.id, \(micros("l.created_at")), \(columns.joined(separator: ", "))"

  /// Holds off every other sealer until the transaction ends, or says that another is at work.
  public struct TryLock: Statement {
    /// Any number that nothing else of ours locks.
    static let key: Int64 = 0x6C61_7463_6861_7564

    public static let sql = "SELECT pg_try_advisory_xact_lock($1)"

    public init() {}

    public var bindings: Bindings { Bindings(Self.key) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// The newest batch and its seal, and the current time (microseconds since 1970).
  public struct Tip: Statement {
    public struct Row: Sendable {
      public let batch: Int
      public let seal: Data?
      public let now: Int64
    }

    public static let sql = """
      SELECT coalesce(t.batch, 0), t.seal, \(micros("clock_timestamp()"))
      FROM (SELECT 1) one LEFT JOIN (SELECT batch, seal FROM audit_seals ORDER BY batch DESC LIMIT 1) t ON true
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(batch: try row.next(), seal: try row.next(), now: try row.next())
    }
  }

  /// Puts the first waiting entries into a batch, and returns what is sealed of them, in no order.
  public struct Take: Statement {
    public static let sql = """
      WITH waiting AS MATERIALIZED (SELECT l.seq FROM audit_log l WHERE \(waits) ORDER BY l.seq LIMIT $2),
      taken AS (INSERT INTO audit_sealed (seq, batch) SELECT seq, $1 FROM waiting RETURNING seq)
      SELECT \(content) FROM audit_log l WHERE l.seq = ANY (ARRAY(SELECT seq FROM taken))
      """

    public let bindings: Bindings

    public init(batch: Int, limit: Int) { bindings = Bindings(batch, limit) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> SealedContent { try SealedContent(row: &row) }
  }

  /// Writes a batch's seal.
  public struct Insert: Statement {
    public static let sql = """
      INSERT INTO audit_seals (batch, entries, first_at, last_at, sealed_at, leaves, content_hash, seal, through)
      SELECT $1, $2, \(time("$3")), \(time("$4")), \(time("$5")), $6, $7, $8, greatest(
        (SELECT max(seq) FROM audit_sealed WHERE batch = $1), (SELECT through FROM audit_seals WHERE batch = $1 - 1))
      """

    public let bindings: Bindings

    public init(_ seal: AuditSeal, leaves: Data) {
      bindings = Bindings(
        seal.batch, Int32(clamping: seal.entries), seal.firstAt, seal.lastAt, seal.sealedAt, leaves, seal.contentHash,
        seal.seal)
    }
  }

  /// The oldest batch whose entries are all older than `days` days.
  public struct Aged: Statement {
    public struct Row: Sendable {
      public let batch: Int
      public let seal: Data
      public let now: Int64
    }

    public static let sql = """
      SELECT batch, seal, \(micros("clock_timestamp()")) FROM audit_seals
      WHERE pruned_at IS NULL AND last_at < now() - make_interval(days => $1) ORDER BY batch LIMIT 1
      """

    public let bindings: Bindings

    public init(days: Int) { bindings = Bindings(Int32(clamping: days)) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(batch: try row.next(), seal: try row.next(), now: try row.next())
    }
  }

  /// Removes a batch's entries and marks its seal.
  public struct Prune: Statement {
    public static let sql = """
      WITH gone AS (DELETE FROM audit_sealed WHERE batch = $1 RETURNING seq),
      entries AS (DELETE FROM audit_log l USING gone WHERE l.seq = gone.seq)
      UPDATE audit_seals SET pruned_at = \(time("$2")), pruned_seal = $3, leaves = NULL
      WHERE batch = $1 AND pruned_at IS NULL
      """

    public let bindings: Bindings

    public init(batch: Int, prunedAt: Int64, prunedSeal: Data) { bindings = Bindings(batch, prunedAt, prunedSeal) }
  }
}
