public import Foundation
public import LatchkeyProtocol
public import Postgres

/// Codes that sign in once. The table holds their keyed hashes.
public enum OneTimeCodes {
  /// What a code's keyed hash is made for: both who hands it out and who takes it say this.
  public static let purpose = "one-time-code"

  public struct Create: Statement {
    public static let sql = """
      INSERT INTO one_time_codes (code_hash, user_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3))
      """

    let codeHash: Data
    let user: UserID
    let lifetimeSeconds: Double

    public init(codeHash: Data, user: UserID, lifetimeSeconds: Double) {
      self.codeHash = codeHash
      self.user = user
      self.lifetimeSeconds = lifetimeSeconds
    }

    public func bind(_ values: inout Bindings) {
      values.add(codeHash)
      values.add(user.uuid)
      values.add(lifetimeSeconds)
    }
  }

  /// Uses a code and begins its user's session, together.
  public struct Redeem: Statement {
    public static let sql = """
      WITH used AS (
        UPDATE one_time_codes c SET used_at = now(), used_by = $2 FROM users u
        WHERE c.code_hash = $1 AND c.used_at IS NULL AND c.expires_at > now() AND u.id = c.user_id AND NOT u.disabled
        RETURNING c.user_id),
      begun AS (\(NewSession.insert(from: "used", userID: "used.user_id", first: 3)))
      SELECT \(Users.columns) FROM users u JOIN used ON u.id = used.user_id
      """

    let codeHash: Data
    let request: RequestID
    let session: NewSession

    public init(codeHash: Data, request: RequestID, session: NewSession) {
      self.codeHash = codeHash
      self.request = request
      self.session = session
    }

    public func bind(_ values: inout Bindings) {
      values.add(codeHash)
      values.add(request.data)
      session.bind(&values)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }

  /// The user whose code a request has used: the same request repeats its outcome.
  public struct RedeemedBy: Statement {
    public static let sql = """
      SELECT \(Users.columns) FROM one_time_codes c JOIN users u ON u.id = c.user_id
      WHERE c.code_hash = $1 AND c.used_by = $2 AND NOT u.disabled
      """

    let codeHash: Data
    let request: RequestID

    public init(codeHash: Data, request: RequestID) {
      self.codeHash = codeHash
      self.request = request
    }

    public func bind(_ values: inout Bindings) {
      values.add(codeHash)
      values.add(request.data)
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> User { try User(row: &row) }
  }
}
