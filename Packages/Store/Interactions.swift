public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Unfinished authorizations.
public enum Interactions {
  /// Stores a request whose client and redirect URI are proven. The id is derived, so that a retry stores nothing
  /// twice.
  public struct Create: Statement {
    public static let sql = """
      INSERT INTO interactions (id, client_id, parameters, browser_hash, created_at, expires_at)
      VALUES ($1, $2, $3, $4, $5, $5::timestamptz + make_interval(secs => $6)) ON CONFLICT (id) DO NOTHING
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - parameters: the form's fields as JSON text.
    ///   - requestedAt: when the app asked; what it is younger than counts as done for it.
    public init(
      id: InteractionID, clientID: String, parameters: String, browserHash: Data?, requestedAt: Date,
      lifetimeSeconds: Double
    ) {
      bindings = Bindings(id.uuid, clientID, JSONText(parameters), browserHash, requestedAt, lifetimeSeconds)
    }
  }

  /// Stores what a browser without a signed-in user cannot carry, and drops the oldest if there are too many from the
  /// same network, or for the same client: an attacker who floods us floods themselves.
  public struct CreateForStranger: Statement {
    public static let sql = """
      WITH beyond AS (
        DELETE FROM interactions WHERE id IN (
          (SELECT id FROM interactions WHERE network = $7 AND id <> $1 ORDER BY created_at DESC, id OFFSET $8 - 1)
          UNION ALL
          (SELECT id FROM interactions WHERE client_id = $2 AND network IS NOT NULL AND id <> $1
            ORDER BY created_at DESC, id OFFSET $9 - 1)))
      INSERT INTO interactions (id, client_id, parameters, browser_hash, created_at, expires_at, network)
      VALUES ($1, $2, $3, $4, $5, $5::timestamptz + make_interval(secs => $6), $7) ON CONFLICT (id) DO NOTHING
      """

    public let bindings: Bindings

    /// - Parameter network: an address, or the first half of one (`IPAddress.network`).
    public init(_ create: Create, network: String, mostOfNetwork: Int, mostOfClient: Int) {
      bindings = Bindings { values in
        values = create.bindings
        values.add(network, Int32(clamping: mostOfNetwork), Int32(clamping: mostOfClient))
      }
    }
  }

  /// An interaction and everything that decides it.
  public struct Read: Statement {
    public struct Row: Sendable {
      public let facts: AuthorizationFacts
      /// The form's fields as JSON text.
      public let parameters: String
      public let browserHash: Data?
      public let createdAt: Date
      public let accountSelectedIn: SessionID?
      /// The user who consented here, regardless of earlier consent.
      public let consentedBy: UserID?
      public let isDeclined: Bool
      /// How the session proved itself for this interaction, the last time.
      public let proof: Proof?
      /// The request that ended it; nil while it is open.
      public let endedBy: Data?
    }

    public struct Proof: Sendable {
      public let at: Date
      public let amr: [String]
    }

    public static let sql = """
      SELECT \(AuthorizationFacts.columns), i.parameters::text, i.browser_hash, i.created_at, i.account_selected_in,
        i.consented_by, i.declined_at IS NOT NULL, proof.proven_at, proof.amr, i.ended_by
      FROM interactions i JOIN clients c ON c.id = i.client_id \(AuthorizationFacts.joins(token: "$2"))
        LEFT JOIN LATERAL (
          SELECT p.proven_at, p.amr FROM proofs p WHERE p.session_id = s.id AND p.purpose = 'authorize:' || i.id::text
            AND p.used_at IS NULL AND p.expires_at > now() ORDER BY p.proven_at DESC LIMIT 1) proof ON true
      WHERE i.id = $1 AND i.expires_at > now()
      """

    public let bindings: Bindings

    public init(id: InteractionID, tokenHash: Data?) { bindings = Bindings(id.uuid, tokenHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let facts = try AuthorizationFacts(row: &row)
      let parameters: String = try row.next()
      let browserHash: Data? = try row.next()
      let createdAt: Date = try row.next()
      let selected: UUID? = try row.next()
      let consented: UUID? = try row.next()
      let isDeclined: Bool = try row.next()
      let provenAt: Date? = try row.next()
      let proofAMR: [String]? = try row.next()
      return Row(
        facts: facts, parameters: parameters, browserHash: browserHash, createdAt: createdAt,
        accountSelectedIn: selected.map { SessionID($0) }, consentedBy: consented.map { UserID($0) },
        isDeclined: isDeclined, proof: provenAt.map { Proof(at: $0, amr: proofAMR ?? []) }, endedBy: try row.next())
    }
  }

  /// Records that the user chose to continue with this session.
  public struct SelectAccount: Statement {
    public static let sql = "UPDATE interactions SET account_selected_in = $2 WHERE id = $1 AND ended_at IS NULL"

    public let bindings: Bindings

    public init(id: InteractionID, session: SessionID) { bindings = Bindings(id.uuid, session.uuid) }
  }

  /// Records consent: here, and for the next time.
  public struct Consent: Statement {
    public static let sql = """
      WITH here AS (UPDATE interactions SET consented_by = $2 WHERE id = $1 AND ended_at IS NULL RETURNING client_id)
      INSERT INTO consents (user_id, client_id, scopes) SELECT $2, client_id, $3 FROM here
      ON CONFLICT (user_id, client_id) DO UPDATE SET
        scopes = ARRAY(SELECT DISTINCT unnest(consents.scopes || excluded.scopes) ORDER BY 1), last_used_at = now()
      """

    public let bindings: Bindings

    public init(id: InteractionID, user: UserID, scopes: [String]) { bindings = Bindings(id.uuid, user.uuid, scopes) }
  }

  /// Records that the user declined. Final: it cannot be undone.
  public struct Decline: Statement {
    public static let sql = """
      UPDATE interactions SET declined_at = coalesce(declined_at, now()) WHERE id = $1 AND ended_at IS NULL
      """

    public let bindings: Bindings

    public init(id: InteractionID) { bindings = Bindings(id.uuid) }
  }

  /// Ends an interaction without a code.
  public struct End: Statement {
    public static let sql = "UPDATE interactions SET ended_at = now(), ended_by = $2 WHERE id = $1 AND ended_at IS NULL"

    public let bindings: Bindings

    public init(id: InteractionID, request: RequestID) { bindings = Bindings(id.uuid, request.data) }
  }
}
