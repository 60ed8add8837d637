public import LatchkeyProtocol
public import Postgres

/// An administrator's first steps, derived from what exists.
public enum FirstSteps {
  public struct Read: Statement {
    /// A link kept for an emergency lives for days; one made for immediate use does not count.
    public static let sql = """
      SELECT (SELECT count(*) FROM passkeys WHERE user_id = $1) >= 2
          OR EXISTS (SELECT 1 FROM one_time_codes WHERE user_id = $1 AND used_at IS NULL AND browser_hash IS NULL
            AND expires_at > now() + interval '1 day'),
        EXISTS (SELECT 1 FROM users WHERE id <> $1)
          OR EXISTS (SELECT 1 FROM signup_tokens WHERE expires_at > now() AND usage_count < usage_limit),
        EXISTS (SELECT 1 FROM clients), first_steps_skipped
      FROM settings
      """

    public let bindings: Bindings

    public init(user: UserID) { bindings = Bindings(user.uuid) }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Admin.FirstSteps {
      let facts: [(Admin.FirstStep, Bool)] = [
        (.secondWay, try row.next()), (.firstPerson, try row.next()), (.firstApp, try row.next()),
      ]
      let skipped: [String] = try row.next()
      return Admin.FirstSteps(
        done: facts.filter(\.1).map(\.0), skipped: skipped.compactMap(Admin.FirstStep.init(rawValue:)))
    }
  }

  /// The names of skipped steps, locked until the transaction ends.
  public struct LockSkipped: Statement {
    public static let sql = "SELECT first_steps_skipped FROM settings FOR UPDATE"

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> [String] { try row.next() }
  }

  public struct SetSkipped: Statement {
    public static let sql = "UPDATE settings SET first_steps_skipped = $1"

    public let bindings: Bindings

    public init(names: [String]) { bindings = Bindings(names) }
  }
}
