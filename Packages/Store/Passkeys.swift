public import Foundation
public import LatchkeyProtocol
public import Postgres

/// A passkey that is about to be stored: W3C WebAuthn §7.1 step 27, the credential record.
public struct NewPasskey: Sendable {
  let id: PasskeyID
  public let name: String
  public let credentialID: Data
  let publicKey: Data
  let algorithm: Int32
  let signCount: Int64
  public let uvInitialized: Bool
  let transports: [String]
  let backupEligible: Bool
  let backupState: Bool
  let aaguid: UUID
  let attestationType: String
  let rpID: String

  public init(
    id: PasskeyID, name: String, credentialID: Data, publicKey: Data, algorithm: Int32, signCount: Int64,
    uvInitialized: Bool, transports: [String], backupEligible: Bool, backupState: Bool, aaguid: UUID,
    attestationType: String, rpID: String
  ) {
    self.id = id
    self.name = name
    self.credentialID = credentialID
    self.publicKey = publicKey
    self.algorithm = algorithm
    self.signCount = signCount
    self.uvInitialized = uvInitialized
    self.transports = transports
    self.backupEligible = backupEligible
    self.backupState = backupState
    self.aaguid = aaguid
    self.attestationType = attestationType
    self.rpID = rpID
  }

  /// An INSERT of this passkey, with its thirteen parameters from `$first` on and the user's id taken from `source`.
  static func insert(from source: String, userID: String, first: Int) -> String {
    let p = (first..<first + 13).map { "$\($0)" }
    return """
      INSERT INTO passkeys (id, name, credential_id, public_key, algorithm, sign_count, uv_initialized, transports,
        backup_eligible, backup_state, aaguid, attestation_type, rp_id, user_id)
      SELECT \(p.joined(separator: ", ")), \(userID) FROM \(source)
      """
  }

  func bind(_ values: inout Bindings) {
    values.add(
      id.uuid, name, credentialID, publicKey, algorithm, signCount, uvInitialized, transports, backupEligible,
      backupState, aaguid, attestationType, rpID)
  }
}

/// Passkeys, for their owners and for ceremonies.
public enum Passkeys {
  static let columns = """
    p.id, p.name, p.credential_id, p.attestation_type, p.transports, p.backup_eligible, p.backup_state, p.created_at,
    p.last_used_at, p.aaguid
    """

  /// A passkey and the AAGUID by which its maker's name is found.
  public struct Listed: Sendable {
    public let passkey: Auth.Passkey
    public let aaguid: UUID

    init(row: inout RowReader) throws(RowError) {
      self.passkey = Auth.Passkey(
        id: PasskeyID(try row.next()), name: try row.next(), credentialID: try row.next(),
        attestationType: try row.next(), transports: try row.next(), backupEligible: try row.next(),
        backupState: try row.next(), createdAt: try row.next(), lastUsedAt: try row.next(), authenticator: nil)
      self.aaguid = try row.next()
    }
  }

  /// A user's passkeys, oldest first.
  public struct List: Statement {
    public static let sql = "SELECT \(columns) FROM passkeys p WHERE p.user_id = $1 ORDER BY p.created_at, p.id"

    public let bindings: Bindings

    public init(user: UserID) { bindings = Bindings(user.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Listed { try Listed(row: &row) }
  }

  /// What an assertion is verified against: the credential record and its user, and the settings; and whether the
  /// session that it would begin already exists. One statement, so that signing in reads once.
  public struct ForAssertion: Statement {
    public struct Row: Sendable {
      public let settings: ApplicationSettings
      public let isRepeat: Bool
      /// Nil if no user has a passkey with this id.
      public let passkey: Passkey?
    }

    public struct Passkey: Sendable {
      public let id: PasskeyID
      public let name: String
      public let publicKey: Data
      public let algorithm: Int32
      public let signCount: Int64
      public let uvInitialized: Bool
      public let backupEligible: Bool
      public let user: User
    }

    public static let sql = """
      SELECT coalesce(t.environment, t.chosen, '{}'), t.environment IS NOT NULL,
        EXISTS (SELECT 1 FROM sessions s WHERE s.token_hash = $2), p.id, p.name, p.public_key, p.algorithm, p.sign_count,
        p.uv_initialized, p.backup_eligible, \(Users.columns)
      FROM (VALUES (1)) AS one
        LEFT JOIN settings t ON true
        LEFT JOIN (passkeys p JOIN users u ON u.id = p.user_id) ON p.credential_id = $1
      """

    public let bindings: Bindings

    /// - Parameter sessionHash: of the token of the session to begin; nil if none is.
    public init(credentialID: Data, sessionHash: Data?) { bindings = Bindings(credentialID, sessionHash) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      let settings = try ChosenSettings.Read.decode(&row)
      let isRepeat: Bool = try row.next()
      let id: UUID? = try row.next()
      let name: String? = try row.next()
      let publicKey: Data? = try row.next()
      let algorithm: Int32? = try row.next()
      let signCount: Int64? = try row.next()
      let uvInitialized: Bool? = try row.next()
      let backupEligible: Bool? = try row.next()
      var passkey: Passkey?
      if let user = try User.optional(row: &row), let id, let name, let publicKey, let algorithm, let signCount,
        let uvInitialized, let backupEligible
      {
        passkey = Passkey(
          id: PasskeyID(id), name: name, publicKey: publicKey, algorithm: algorithm, signCount: signCount,
          uvInitialized: uvInitialized, backupEligible: backupEligible, user: user)
      }
      return Row(settings: settings, isRepeat: isRepeat, passkey: passkey)
    }
  }

  /// Renames a user's passkey.
  public struct Rename: Statement {
    public static let sql = "UPDATE passkeys p SET name = $3 WHERE p.id = $1 AND p.user_id = $2 RETURNING \(columns)"

    public let bindings: Bindings

    public init(id: PasskeyID, user: UserID, name: String) { bindings = Bindings(id.uuid, user.uuid, name) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Listed { try Listed(row: &row) }
  }

  /// Holds off every other removal from the same account until the transaction ends: two that race must not take both
  /// of the last two passkeys.
  public struct LockAccount: Statement {
    public static let sql = "SELECT true FROM (SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))) held"

    public let bindings: Bindings

    public init(user: UserID) { bindings = Bindings(user.description) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Removes a user's passkey, unless it is their last, and ends the sessions that it began except the one that asks.
  public struct Remove: Statement {
    public struct Row: Sendable {
      /// By this request, now or before.
      public let removed: Bool
      /// It is still there, as the user's last one.
      public let remains: Bool
    }

    public static let sql = """
      WITH gone AS (
        DELETE FROM passkeys p WHERE p.id = $1 AND p.user_id = $2
          AND EXISTS (SELECT 1 FROM passkeys o WHERE o.user_id = $2 AND o.id <> $1)
        RETURNING jsonb_build_object('passkeyName', name, 'credentialID', encode(credential_id, 'hex')) AS named),
      \(Sessions.endThoseOf(passkey: "$1", user: "$2", but: "$4")),
      entry AS (\(AuditEntry.insert(
        parameter: "$3", when: "EXISTS (SELECT 1 FROM gone)",
        data: "e.data || (SELECT named FROM gone) || \(endedSessions)")))
      SELECT EXISTS (SELECT 1 FROM gone) OR \(AuditEntry.isWritten(parameter: "$3")),
        EXISTS (SELECT 1 FROM passkeys WHERE id = $1 AND user_id = $2) AND NOT EXISTS (SELECT 1 FROM gone)
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - session: the one that asks, which stays.
    ///   - entry: records the removal; the statement adds the passkey's name, and how many sessions ended.
    public init(id: PasskeyID, user: UserID, keeping session: SessionID?, entry: AuditEntry) {
      bindings = Bindings(id.uuid, user.uuid, entry.json, session?.uuid)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(removed: try row.next(), remains: try row.next())
    }
  }

  /// SQL for an entry: how many sessions ended, if any did.
  private static let endedSessions = """
    coalesce((SELECT jsonb_build_object('sessions', count(*)::text) FROM ended HAVING count(*) > 0), '{}')
    """

  /// Removes a user's passkey, even their last, and ends the sessions that it began except the one that asks.
  public struct TakeAway: Statement {
    public static let sql = """
      WITH gone AS (DELETE FROM passkeys WHERE id = $1 AND user_id = $2 RETURNING name),
      \(Sessions.endThoseOf(passkey: "$1", user: "$2", but: "$4")),
      entry AS (\(AuditEntry.insert(
        parameter: "$3", when: "EXISTS (SELECT 1 FROM gone)",
        data: "e.data || jsonb_build_object('passkeyName', (SELECT name FROM gone)) || \(endedSessions)")))
      SELECT EXISTS (SELECT 1 FROM gone) OR \(AuditEntry.isWritten(parameter: "$3"))
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - session: the one that asks, which stays.
    ///   - entry: records it; the statement adds the passkey's name, and how many sessions ended. If the request wrote
    ///     it before, it removed the passkey before.
    public init(id: PasskeyID, user: UserID, keeping session: SessionID?, entry: AuditEntry) {
      bindings = Bindings(id.uuid, user.uuid, entry.json, session?.uuid)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }
}
