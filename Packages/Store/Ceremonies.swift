public import Foundation
public import LatchkeyProtocol
public import Postgres

/// What an accepted assertion changes in its credential record: W3C WebAuthn §7.2 step 24.
public struct UsedPasskey: Sendable {
  let id: PasskeyID
  let signCount: Int64
  let backupState: Bool

  public init(id: PasskeyID, signCount: Int64, backupState: Bool) {
    self.id = id
    self.signCount = signCount
    self.backupState = backupState
  }

  /// Parameters $4 to $6. The counter must still be older than the assertion's when the row is written (§7.2 step 22).
  static let cte = """
    used AS (
      UPDATE passkeys SET sign_count = $5, backup_state = $6, last_used_at = now()
      WHERE id = $4 AND EXISTS (SELECT 1 FROM spent) AND (sign_count < $5 OR (sign_count = 0 AND $5 = 0))
      RETURNING user_id)
    """

  func bind(_ values: inout Bindings) {
    values.add(id.uuid, signCount, backupState)
  }
}

/// The statements that finish a ceremony: each spends the challenge and does its work, or does nothing.
public enum Ceremonies {
  /// Whether the challenge was spent here, and whether the effect took place.
  public struct Outcome: Sendable {
    public let spent: Bool
    public let done: Bool

    init(row: inout RowReader) throws(RowError) {
      self.spent = try row.next()
      self.done = try row.next()
    }
  }

  /// The first administrator, their passkey and session, together; one winner ever, while set-up is open. It runs in a
  /// transaction that began with `Users.LockAccounts`, so it sees a user who is being made at this moment. The ceremony
  /// counts as a proof for each of the steps that they are led through next.
  public struct CompleteSetup: Statement {
    public static let sql = """
      WITH \(SpentChallenge.cte),
      won AS (
        UPDATE instance SET setup_completed_at = now(), setup_completed_by = $2, setup_reopened_until = NULL
        WHERE \(Instance.isSetupOpen) AND EXISTS (SELECT 1 FROM spent) RETURNING 1),
      made AS (
        INSERT INTO users (id, username, email, first_name, last_name, display_name, locale, is_admin, email_verified)
        SELECT $4, $5, $6, $7, $8, $9, $10, true, $35 FROM won RETURNING id),
      key AS (\(NewPasskey.insert(from: "made", userID: "made.id", first: 11))),
      begun AS (\(NewSession.insert(from: "made", userID: "made.id", passkey: "$11", first: 24)) RETURNING user_id),
      \(KnownDevices.remember(of: "begun", session: 24)),
      proven AS (
        INSERT INTO proofs (id, session_id, purpose, expires_at, amr)
        SELECT gen_random_uuid(), $24, p, now() + make_interval(secs => $34), $26 FROM unnest($33::text[]) AS p, begun),
      created_entry AS (\(AuditEntry.insert(parameter: "$31", when: "EXISTS (SELECT 1 FROM made)"))),
      begun_entry AS (\(AuditEntry.insert(parameter: "$32", when: "EXISTS (SELECT 1 FROM made)")))
      SELECT EXISTS (SELECT 1 FROM spent), EXISTS (SELECT 1 FROM made)
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - emailVerified: what apps are told of the address.
    ///   - accountEntry: records the account.
    ///   - signInEntry: records the session.
    ///   - proves: a purpose for each step that it counts as a proof for.
    public init(
      challenge: SpentChallenge, user: UserID, profile: Profile, displayName: String, emailVerified: Bool,
      passkey: NewPasskey, session: NewSession, accountEntry: AuditEntry, signInEntry: AuditEntry,
      proves: [Auth.ProofPurpose], proofSeconds: Double
    ) {
      bindings = Bindings { values in
        challenge.bind(&values)
        values.add(
          user.uuid, profile.username, profile.email, profile.firstName, profile.lastName, displayName, profile.locale)
        passkey.bind(&values)
        session.bind(&values)
        values.add(accountEntry.json, signInEntry.json, proves.map(\.text), proofSeconds, emailVerified)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Outcome { try Outcome(row: &row) }
  }

  /// Whether set-up is open now, and which request closed it.
  public struct Setup: Statement {
    public struct Row: Sendable {
      public let open: Bool
      public let completedBy: Data?
      public let seed: Instance.SetupSeed
    }

    public static let sql = """
      SELECT \(Instance.isSetupOpen), setup_completed_by, \(Instance.SetupSeed.columns) FROM instance
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(open: try row.next(), completedBy: try row.next(), seed: try Instance.SetupSeed(row: &row))
    }
  }

  /// Begins a session for the passkey's owner.
  public struct SignIn: Statement {
    public static let sql = """
      WITH \(SpentChallenge.cte), \(UsedPasskey.cte),
      begun AS (
        \(NewSession.insert(
          from: "used JOIN users u ON u.id = used.user_id AND NOT u.disabled", userID: "used.user_id", passkey: "$4",
          first: 7))
        RETURNING user_id),
      entry AS (\(AuditEntry.insert(parameter: "$14", when: "EXISTS (SELECT 1 FROM begun)"))),
      \(KnownDevices.tell(of: "begun", session: 7, mail: 15))
      SELECT EXISTS (SELECT 1 FROM spent), EXISTS (SELECT 1 FROM begun)
      """

    public let bindings: Bindings

    /// - Parameter newDevice: the mail to send if this browser was not seen before.
    public init(
      challenge: SpentChallenge, passkey: UsedPasskey, session: NewSession, entry: AuditEntry, newDevice: OutboxItem
    ) {
      bindings = Bindings { values in
        challenge.bind(&values)
        passkey.bind(&values)
        session.bind(&values)
        values.add(entry.json)
        newDevice.bind(&values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Outcome { try Outcome(row: &row) }
  }

  /// Records a proof for one session and each of the purposes.
  public struct Prove: Statement {
    public static let sql = """
      WITH \(SpentChallenge.cte), \(UsedPasskey.cte),
      proven AS (
        INSERT INTO proofs (id, session_id, purpose, expires_at, amr)
        SELECT gen_random_uuid(), $7, p, now() + make_interval(secs => $9), $11 FROM unnest($8::text[]) AS p, used
          JOIN sessions s ON s.id = $7 AND s.user_id = used.user_id AND \(Sessions.live)
        RETURNING 1),
      entry AS (\(AuditEntry.insert(parameter: "$10", when: "EXISTS (SELECT 1 FROM proven)")))
      SELECT EXISTS (SELECT 1 FROM spent), EXISTS (SELECT 1 FROM proven)
      """

    public let bindings: Bindings

    /// - Parameter amr: what the assertion showed.
    public init(
      challenge: SpentChallenge, passkey: UsedPasskey, session: SessionID, purposes: [String],
      lifetimeSeconds: Double, amr: [String], entry: AuditEntry
    ) {
      bindings = Bindings { values in
        challenge.bind(&values)
        passkey.bind(&values)
        values.add(session.uuid, purposes, lifetimeSeconds, entry.json, amr)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Outcome { try Outcome(row: &row) }
  }

  /// Stores another passkey of a user, using the proof that allowed it, and tells them by mail, except about the first
  /// one in the session in which they made the account.
  public struct AddPasskey: Statement {
    public static let sql = """
      WITH \(SpentChallenge.cte),
      proof AS (\(Proofs.use(session: "$4", purpose: "$5", request: "$2", when: "EXISTS (SELECT 1 FROM spent)"))),
      owner AS (SELECT s.user_id, s.amr FROM sessions s, proof WHERE s.id = $4 AND \(Sessions.live)),
      added AS (
        \(NewPasskey.insert(from: "owner", userID: "owner.user_id", first: 6))
        ON CONFLICT (credential_id) DO NOTHING RETURNING 1),
      entry AS (\(AuditEntry.insert(parameter: "$19", when: "EXISTS (SELECT 1 FROM added)"))),
      told AS (
        \(OutboxItem.insert(
          from: """
            added, owner JOIN users u ON u.id = owner.user_id AND u.email IS NOT NULL
            WHERE \(Outbox.hasMailServer)
              AND (owner.amr <> '{}' OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = owner.user_id))
            """, userID: "owner.user_id", first: 20)))
      SELECT EXISTS (SELECT 1 FROM spent), EXISTS (SELECT 1 FROM added), EXISTS (SELECT 1 FROM proof)
      """

    public struct Row: Sendable {
      public let spent: Bool
      public let added: Bool
      public let proven: Bool
    }

    public let bindings: Bindings

    public init(
      challenge: SpentChallenge, session: SessionID, purpose: String, passkey: NewPasskey, entry: AuditEntry,
      news: OutboxItem
    ) {
      bindings = Bindings { values in
        challenge.bind(&values)
        values.add(session.uuid, purpose)
        passkey.bind(&values)
        values.add(entry.json)
        news.bind(&values)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(spent: try row.next(), added: try row.next(), proven: try row.next())
    }
  }
}
