public import Foundation
public import Postgres

/// Reads the whole record to check its seals.
public enum AuditChecks {
  /// How much there is.
  public struct Extent: Statement {
    public struct Row: Sendable {
      /// Entries that the seals cover and that were not removed by age.
      public let sealed: Int
      public let waiting: Int
      /// Of those, the ones that have waited for more than ten minutes: no process is sealing.
      public let overdue: Int
    }

    public static let sql = """
      SELECT (SELECT coalesce(sum(entries), 0)::bigint FROM audit_seals WHERE pruned_at IS NULL), count(*),
        count(*) FILTER (WHERE created_at < now() - interval '10 minutes')
      FROM audit_log l WHERE NOT EXISTS (SELECT 1 FROM audit_sealed sealed WHERE sealed.seq = l.seq)
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(sealed: try row.next(), waiting: try row.next(), overdue: try row.next())
    }
  }

  /// The seals after a batch, in order.
  public struct Seals: Statement {
    public static let page = 1000

    public struct Row: Sendable {
      public let seal: AuditSeal
      /// The list of leaves is the one that was sealed, or was removed with its entries.
      public let listFits: Bool
    }

    public static let sql = """
      SELECT batch, entries, \(AuditSeals.micros("first_at")), \(AuditSeals.micros("last_at")),
        \(AuditSeals.micros("sealed_at")), content_hash, seal, \(AuditSeals.micros("pruned_at")), pruned_seal,
        pruned_at IS NOT NULL OR coalesce(sha256(leaves) = content_hash, false)
      FROM audit_seals WHERE batch > $1 ORDER BY batch LIMIT \(page)
      """

    public let bindings: Bindings

    public init(after batch: Int) { bindings = Bindings(batch) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let seal = AuditSeal(
        batch: try row.next(), entries: Int(try row.next(Int32.self)), firstAt: try row.next(),
        lastAt: try row.next(), sealedAt: try row.next(), contentHash: try row.next(), seal: try row.next(),
        prunedAt: try row.next(), prunedSeal: try row.next())
      return Row(seal: seal, listFits: try row.next())
    }
  }

  /// The list that a batch was sealed with.
  public struct Leaves: Statement {
    public static let sql = "SELECT leaves FROM audit_seals WHERE batch = $1"

    public let bindings: Bindings

    public init(of batch: Int) { bindings = Bindings(batch) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Data? { try row.next() }
  }

  /// Entries of a range of batches, in the order in which they are sealed, after one of them.
  public struct Entries: Statement {
    public static let page = 2000

    public struct Row: Sendable {
      public let batch: Int
      public let content: SealedContent
    }

    public static let sql = """
      SELECT e.batch, \(AuditSeals.content) FROM audit_sealed e JOIN audit_log l ON l.seq = e.seq
      WHERE e.batch BETWEEN $1 AND $2 AND (e.batch, l.created_at, l.id) > ($3, \(AuditSeals.time("$4")), $5)
      ORDER BY e.batch, l.created_at, l.id LIMIT \(page)
      """

    public let bindings: Bindings

    /// - Parameter last: the entry that was read last; nil to begin.
    public init(of range: ClosedRange<Int>, after last: Row?) {
      let before = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
      let after: (batch: Int, createdAt: Int64, id: UUID) =
        last.map { ($0.batch, $0.content.createdAt, $0.content.id) } ?? (range.lowerBound - 1, 0, before)
      bindings = Bindings(range.lowerBound, range.upperBound, after.batch, after.createdAt, after.id)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(batch: try row.next(), content: try SealedContent(row: &row))
    }
  }

  /// Batches of entries that no seal covers, or whose seal says that they were removed.
  public struct Strays: Statement {
    public struct Row: Sendable {
      public let batch: Int
      public let entries: Int
      /// A seal exists, and it says that the entries are gone.
      public let pruned: Bool
    }

    public static let sql = """
      SELECT e.batch, count(*), bool_or(s.batch IS NOT NULL)
      FROM audit_sealed e JOIN audit_log l ON l.seq = e.seq LEFT JOIN audit_seals s ON s.batch = e.batch
      WHERE s.batch IS NULL OR s.pruned_at IS NOT NULL
      GROUP BY e.batch ORDER BY e.batch LIMIT 1000
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(batch: try row.next(), entries: try row.next(), pruned: try row.next())
    }
  }
}
