public import Postgres

// How keys move. Each is run in a transaction that holds `SigningKeys.Lock`.

extension SigningKeys {
  /// What a move did to one algorithm.
  public struct Move: Sendable, Equatable {
    public let algorithm: String
    /// The key that signed before, or that was revoked.
    public let old: String
    /// The key that signs now; nil if none was promoted.
    public let new: String?
  }

  /// Promotes the next key of each algorithm and retires its current one, if the next one has been published for
  /// `seenSeconds`: a key that apps cannot have seen does not sign. The retired key's private half is removed; it is
  /// believed for as long as the longest-lived token that any client may hold from it, even if the client is gone or
  /// its tokens are shorter by now.
  public struct Rotate: Statement {
    public static let sql = """
      WITH leaving AS (
        UPDATE signing_keys k SET state = 'retired', sealed_private = NULL, retired_at = now(),
          verifies_until = make_interval(secs => $5) + greatest(now() + make_interval(secs => $4),
            now() + make_interval(mins => (SELECT max(access_token_minutes) FROM clients)),
            (SELECT tokens_until FROM instance))
        WHERE k.state = 'current' AND ($1::text[] IS NULL OR k.algorithm = ANY ($1))
          AND ($2::text[] IS NULL OR k.kid = ANY ($2))
          AND ($3::float8 IS NULL OR k.signs_from <= now() - make_interval(secs => $3))
          AND EXISTS (
            SELECT 1 FROM signing_keys n WHERE n.algorithm = k.algorithm AND n.state = 'next'
              AND n.created_at <= now() - make_interval(secs => \(seenSeconds)))
        RETURNING k.kid, k.algorithm),
      promoted AS (
        UPDATE signing_keys n SET state = 'current', signs_from = now() FROM leaving l
        WHERE n.algorithm = l.algorithm AND n.state = 'next'
        RETURNING n.algorithm, l.kid AS retired_kid, n.kid AS signing_kid),
      entry AS (
        \(AuditEntry.insert(
          parameter: "$6", when: "EXISTS (SELECT 1 FROM promoted)",
          data: """
            e.data || (SELECT jsonb_build_object('retired', string_agg(retired_kid, ', ' ORDER BY algorithm),
              'signing', string_agg(signing_kid, ', ' ORDER BY algorithm),
              'algorithms', string_agg(algorithm, ', ' ORDER BY algorithm)) FROM promoted)
            """)))
      SELECT algorithm, retired_kid, signing_kid, pg_notify('\(channel)', signing_kid)::text FROM promoted ORDER BY algorithm
      """

    let algorithms: [String]?
    let expected: [String]?
    let olderThanSeconds: Double?
    public let entry: AuditEntry

    /// - Parameters:
    ///   - algorithms: nil for all.
    ///   - expected: the keys to retire, and no others; nil for whatever signs now.
    ///   - olderThanSeconds: only keys that have signed for this long; nil for any.
    public init(
      algorithms: [String]?, expected: [String]? = nil, olderThanSeconds: Double? = nil, entry: AuditEntry
    ) {
      self.algorithms = algorithms
      self.expected = expected
      self.olderThanSeconds = olderThanSeconds
      self.entry = entry
    }

    public var bindings: Bindings {
      Bindings(
        algorithms, expected, olderThanSeconds, SigningKeys.idTokenSeconds, SigningKeys.marginSeconds, entry.json)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Move {
      let move = Move(algorithm: try row.next(), old: try row.next(), new: try row.next())
      // What pg_notify answers.
      _ = try row.next() as String
      return move
    }
  }

  /// Removes a key at once: nothing that it signed is believed any more. If it was the current key, the next one signs
  /// from now on.
  public struct Revoke: Statement {
    public static let sql = """
      WITH gone AS (DELETE FROM signing_keys WHERE kid = $1 RETURNING kid, algorithm, state),
      promoted AS (
        UPDATE signing_keys n SET state = 'current', signs_from = now() FROM gone
        WHERE gone.state = 'current' AND n.algorithm = gone.algorithm AND n.state = 'next' RETURNING n.kid),
      entry AS (
        \(AuditEntry.insert(
          parameter: "$2", when: "EXISTS (SELECT 1 FROM gone)",
          data: "e.data || (SELECT jsonb_build_object('kid', kid, 'algorithm', algorithm, 'state', state) FROM gone)")))
      SELECT algorithm, kid, (SELECT kid FROM promoted), pg_notify('\(channel)', kid)::text FROM gone
      """

    public let bindings: Bindings
    public let entry: AuditEntry

    public init(kid: String, entry: AuditEntry) {
      self.entry = entry
      bindings = Bindings(kid, entry.json)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Move {
      let move = Move(algorithm: try row.next(), old: try row.next(), new: try row.next())
      // What pg_notify answers.
      _ = try row.next() as String
      return move
    }
  }
}

extension Expired {
  /// Retired keys that are no longer even remembered.
  public struct RetiredSigningKeys: Statement {
    public static let sql = Expired.sql(
      "signing_keys", key: "kid", by: "CASE WHEN state = 'retired' THEN verifies_until END",
      before: "now() - interval '\(SigningKeys.rememberedDays) days'")

    public init() {}
  }
}
