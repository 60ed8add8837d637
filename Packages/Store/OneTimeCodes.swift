public import Foundation
public import LatchkeyProtocol
public import Postgres

/// A code that is about to be handed out.
public struct NewOneTimeCode: Sendable {
  /// Who or what hands it out.
  public enum Origin: String, Sendable {
    case admin, command, email
    /// An administrator's API key, for a program that continues in the user's name.
    case apiKey = "api-key"
  }

  let hash: Data
  let lifetimeSeconds: Double
  let origin: Origin
  let createdBy: UserID?
  let browserHash: Data?

  /// - Parameters:
  ///   - hash: the code's keyed hash.
  ///   - createdBy: the administrator; nil for the command line and for a code that the user asked for.
  ///   - browserHash: the only browser that it works in; nil for any.
  public init(
    hash: Data, lifetimeSeconds: Double, origin: Origin, createdBy: UserID? = nil, browserHash: Data? = nil
  ) {
    self.hash = hash
    self.lifetimeSeconds = lifetimeSeconds
    self.origin = origin
    self.createdBy = createdBy
    self.browserHash = browserHash
  }

  /// An INSERT of the code, with its five parameters from `$first` on. An existing code is left as it is: no row.
  static func insert(from source: String, userID: String, first: Int) -> String {
    let p = (first..<first + 5).map { "$\($0)" }
    return """
      INSERT INTO one_time_codes (code_hash, user_id, expires_at, origin, created_by, browser_hash)
      SELECT \(p[0]), \(userID), now() + make_interval(secs => \(p[1])), \(p[2]), \(p[3]), \(p[4]) FROM \(source)
      ON CONFLICT (code_hash) DO NOTHING RETURNING user_id
      """
  }

  func bind(_ values: inout Bindings) {
    values.add(hash, lifetimeSeconds, origin.rawValue, createdBy?.uuid, browserHash)
  }
}

/// Codes that sign in once. The table holds their keyed hashes.
public enum OneTimeCodes {
  /// The purpose of a code's keyed hash, given both when a code is handed out and when it is taken.
  public static let purpose = "one-time-code"

  /// Hands out a code, and records it. False if the code exists already.
  public struct Create: Statement {
    public static let sql = """
      WITH made AS (\(NewOneTimeCode.insert(from: "(VALUES (1)) AS one", userID: "$1::uuid", first: 2))),
      entry AS (\(AuditEntry.insert(parameter: "$7", when: "EXISTS (SELECT 1 FROM made)")))
      SELECT EXISTS (SELECT 1 FROM made)
      """

    public let bindings: Bindings

    public init(_ code: NewOneTimeCode, for user: UserID, entry: AuditEntry) {
      bindings = Bindings { values in
        values.add(user.uuid)
        code.bind(&values)
        values.add(entry.json)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Bool { try row.next() }
  }

  /// Counts an attempt before checking it: against the network that it comes from, and against every code that waits in
  /// this browser. Concurrent attempts count like consecutive ones.
  public struct CountAttempt: Statement {
    public static let sql = """
      WITH w AS (SELECT to_timestamp(floor(extract(epoch FROM now()) / $2) * $2) AS since),
      tried AS (
        UPDATE one_time_codes SET attempts = attempts + 1
        WHERE browser_hash = $3 AND used_at IS NULL AND expires_at > now()),
      counted AS (
        INSERT INTO attempts (subject, since, count) SELECT $1, w.since, 1 FROM w
        ON CONFLICT (subject, since) DO UPDATE SET count = attempts.count + 1 RETURNING count, since)
      SELECT count, ceil(extract(epoch FROM since) + $2 - extract(epoch FROM now()))::int FROM counted
      """

    public let bindings: Bindings

    public init(_ subject: String, windowSeconds: Double, browserHash: Data?) {
      bindings = Bindings(subject, windowSeconds, browserHash)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Attempts.Count.Row {
      try Attempts.Count.decode(&row)
    }
  }

  /// Uses a code, begins its user's session and leaves it a proof for a new passkey, together. If the account has a
  /// passkey, a code that was requested by mail leaves none: a mailbox is not a second key to an account that has a
  /// first. A code made by an administrator's API key also leaves a proof for one API key.
  public struct Redeem: Statement {
    public static let sql = """
      WITH used AS (
        UPDATE one_time_codes c SET used_at = now(), used_by = $2 FROM users u
        WHERE c.code_hash = $1 AND c.used_at IS NULL AND c.expires_at > now() AND c.attempts <= $3
          AND (c.browser_hash IS NULL OR c.browser_hash = $4) AND u.id = c.user_id AND NOT u.disabled
          AND NOT \(StaticKey.isOwner("u.id"))
        RETURNING c.user_id, c.origin),
      begun AS (\(NewSession.insert(from: "used", userID: "used.user_id", first: 5))),
      trusted AS (
        SELECT FROM used WHERE origin <> '\(NewOneTimeCode.Origin.email.rawValue)'
          OR NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = used.user_id)),
      proven AS (\(FirstProof.insert(from: "trusted", session: "$5", first: 12))),
      key_proven AS (
        INSERT INTO proofs (id, session_id, purpose, expires_at)
        SELECT gen_random_uuid(), $5, '\(Auth.ProofPurpose.apiKey.text)', now() + make_interval(secs => $21)
        FROM used WHERE origin = '\(NewOneTimeCode.Origin.apiKey.rawValue)'),
      entry AS (
        \(AuditEntry.insert(
          parameter: "$15", when: "EXISTS (SELECT 1 FROM used)", userID: "(SELECT user_id FROM used)"))),
      \(KnownDevices.tell(of: "used", session: 5, mail: 16))
      SELECT \(Users.columns) FROM users u JOIN used ON u.id = used.user_id
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - allowedAttempts: for a code that works in one browser only, this attempt included.
    ///   - newDevice: the mail to send if this browser was not seen before.
    ///   - keyProofSeconds: how long the proof for an API key lives.
    public init(
      codeHash: Data, request: RequestID, allowedAttempts: Int, browserHash: Data?, session: NewSession,
      proof: FirstProof, entry: AuditEntry, newDevice: OutboxItem, keyProofSeconds: Double
    ) {
      bindings = Bindings { values in
        values.add(codeHash, request.data, Int32(clamping: allowedAttempts), browserHash)
        session.bind(&values)
        proof.bind(&values)
        values.add(entry.json)
        newDevice.bind(&values)
        values.add(keyProofSeconds)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  /// A code that was not accepted: whose it is, and what stands in its way.
  public struct Look: Statement {
    public struct Row: Sendable {
      public let user: User
      public let isUsed: Bool
      /// By this same request: then its outcome is repeated.
      public let isUsedHere: Bool
      public let isExpired: Bool
      public let isForAnotherBrowser: Bool
    }

    public static let sql = """
      SELECT \(Users.columns), c.used_at IS NOT NULL, c.used_by IS NOT DISTINCT FROM $2, c.expires_at <= now(),
        c.browser_hash IS NOT NULL AND c.browser_hash IS DISTINCT FROM $3
      FROM one_time_codes c JOIN users u ON u.id = c.user_id WHERE c.code_hash = $1
      """

    public let bindings: Bindings

    public init(codeHash: Data, request: RequestID, browserHash: Data?) {
      bindings = Bindings(codeHash, request.data, browserHash)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(
        user: try User(row: &row), isUsed: try row.next(), isUsedHere: try row.next(), isExpired: try row.next(),
        isForAnotherBrowser: try row.next())
    }
  }
}
