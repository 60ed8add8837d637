public import LatchkeyProtocol
public import OIDCFacts
public import Postgres

/// What people agreed to, what they may use, and how consent is withdrawn.
public enum Consents {
  /// The columns of a client under the alias `c` that every user who may use it sees.
  static let clientColumns = """
    c.id, c.name, c.description, c.launch_url, c.requires_reauthentication, c.logo_version, c.dark_logo_version
    """

  static func client(_ row: inout RowReader) throws(RowError) -> OIDC.ClientSummary {
    OIDC.ClientSummary(
      id: try row.next(), name: try row.next(), description: try row.next(), launchURL: try row.next(),
      requiresReauthentication: try row.next(), returnsTo: nil,
      logos: LogoVersions(light: try row.next(), dark: try row.next()))
  }

  /// The columns that these lists may be sorted by.
  public enum Sort: String, Sendable, CaseIterable {
    case name
    case lastUsedAt
  }

  /// A request for a list.
  public struct Query: Sendable {
    let user: UserID
    let list: ListQuery<Sort>

    public init(_ user: UserID, _ request: Admin.PageRequest) {
      self.user = user
      list = ListQuery(request, usual: .name)
    }

    func bind(_ values: inout Bindings) {
      values.add(user.uuid, list.pattern)
      list.bind(&values)
    }

    /// What follows the WHERE of a list over `c` and `agreed`. Clients never used come last, whichever the direction.
    static let rest = """
      AND ($2::text IS NULL OR c.name ILIKE $2)
      ORDER BY
        CASE WHEN $3 = 'lastUsedAt' AND NOT $4 THEN agreed.last_used_at END ASC NULLS LAST,
        CASE WHEN $3 = 'lastUsedAt' AND $4 THEN agreed.last_used_at END DESC NULLS LAST,
        CASE WHEN $3 = 'name' AND $4 THEN lower(c.name) END DESC,
        lower(c.name), c.id
      LIMIT $5 OFFSET $6
      """
  }

  /// One page of what a person agreed to; each row also has the total.
  public struct List: Statement {
    public static let sql = """
      SELECT \(clientColumns), coalesce(agreed.scopes, '{}'), agreed.last_used_at, count(*) OVER ()
      FROM consents agreed JOIN clients c ON c.id = agreed.client_id WHERE agreed.user_id = $1 \(Query.rest)
      """

    public let bindings: Bindings

    public init(_ query: Query) {
      bindings = Bindings { values in
        query.bind(&values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<OIDC.Consent> {
      try Counted(&row) { row throws(RowError) in
        OIDC.Consent(client: try client(&row), scopes: try row.next(), lastUsedAt: try row.next())
      }
    }
  }

  /// One page of the clients that a person may use.
  public struct Accessible: Statement {
    public static let sql = """
      SELECT \(clientColumns), agreed.last_used_at, agreed.user_id IS NOT NULL, agreed.scopes, count(*) OVER ()
      FROM clients c LEFT JOIN consents agreed ON agreed.client_id = c.id AND agreed.user_id = $1
      WHERE \(ClientAccess.admits(client: "c", user: "$1")) \(Query.rest)
      """

    public let bindings: Bindings

    public init(_ query: Query) {
      bindings = Bindings { values in
        query.bind(&values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Counted<OIDC.AccessibleClient> {
      try Counted(&row) { row throws(RowError) in
        OIDC.AccessibleClient(
          client: try client(&row), lastUsedAt: try row.next(), hasConsent: try row.next(), scopes: try row.next())
      }
    }
  }

  /// Withdraws a consent, ends everything that it gave, tells the app, and records it. A row says that the consent is
  /// gone, by this request now or by the same request before.
  public struct Revoke: Statement {
    public static let sql = """
      WITH gone AS (DELETE FROM consents WHERE user_id = $1 AND client_id = $2 RETURNING 1),
      told AS (\(LogoutNotices.insert(
        when: "g.user_id = $1 AND g.client_id = $2 AND EXISTS (SELECT 1 FROM gone) AND \(GrantLife.lives("g"))"))),
      ended AS (
        UPDATE grants SET ended_at = now(), ended_reason = 'consent_revoked'
        WHERE user_id = $1 AND client_id = $2 AND ended_at IS NULL AND EXISTS (SELECT 1 FROM gone)),
      logged AS (
        \(AuditEntry.insert(
          parameter: "$3", when: "EXISTS (SELECT 1 FROM gone)",
          clientName: "(SELECT name FROM clients WHERE id = $2)")))
      SELECT true WHERE EXISTS (SELECT 1 FROM gone) OR EXISTS (SELECT 1 FROM audit_log WHERE id = $4)
      """

    public let bindings: Bindings

    public init(user: UserID, clientID: String, entry: AuditEntry) {
      bindings = Bindings(user.uuid, clientID, entry.json, entry.id)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// What a preview of tokens is made of.
  public struct Preview: Statement {
    public struct Row: Sendable {
      public let accessTokenMinutes: Int
      public let userinfoOnly: Bool
      /// By their names in RFC 7518 §3.1.
      public let idTokenAlgorithm: String
      public let accessTokenAlgorithm: String
      /// Whether the user may use the client.
      public let admitted: Bool
      public let person: UserFacts
    }

    public static let sql = """
      SELECT c.access_token_minutes, c.userinfo_only, c.id_token_alg, c.access_token_alg, NOT u.disabled AND \(ClientAccess.admits(client: "c", user: "u.id")),
        \(UserFacts.columns)
      FROM clients c JOIN users u ON u.id = $2 WHERE c.id = $1
      """

    public let bindings: Bindings

    public init(clientID: String, user: UserID) { bindings = Bindings(clientID, user.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let minutes: Int32 = try row.next()
      return Row(
        accessTokenMinutes: Int(minutes), userinfoOnly: try row.next(), idTokenAlgorithm: try row.next(),
        accessTokenAlgorithm: try row.next(), admitted: try row.next(), person: try UserFacts(row: &row))
    }
  }
}
