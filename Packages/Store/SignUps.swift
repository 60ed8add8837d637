import Encodings
public import Foundation
public import LatchkeyProtocol
public import Postgres

/// A proof that the statement that begins a session leaves with it: for one purpose, like every other.
public struct FirstProof: Sendable {
  let id: UUID
  let purpose: Auth.ProofPurpose
  let lifetimeSeconds: Double

  public init(id: UUID, purpose: Auth.ProofPurpose, lifetimeSeconds: Double) {
    self.id = id
    self.purpose = purpose
    self.lifetimeSeconds = lifetimeSeconds
  }

  /// An INSERT of this proof, with its three parameters from `$first` on and the session's id in another.
  static func insert(from source: String, session: String, first: Int) -> String {
    """
    INSERT INTO proofs (id, session_id, purpose, expires_at)
    SELECT $\(first), \(session), $\(first + 1), now() + make_interval(secs => $\(first + 2)) FROM \(source)
    """
  }

  func bind(_ values: inout Bindings) {
    values.add(id, purpose.text, lifetimeSeconds)
  }
}

/// Users who make an account for themselves.
public enum SignUps {
  /// The account, its groups and claims, its session with the proof for its first passkey, one use of the link, and the
  /// entry in the record: all or nothing. If many want a link's last use, one gets it. It runs in a transaction that
  /// began with `Users.LockAccounts`, so it sees a name that is being given up at this moment.
  ///
  /// A name in use, even as another's address, breaks `users_username_key` or `users_email_key`.
  public struct Complete: Statement {
    public struct Row: Sendable {
      /// A user gave up this username or address a short while ago.
      public let usernameRetired: Bool
      public let emailRetired: Bool
      public let done: Bool
    }

    public static let sql = """
      WITH retired AS (
        SELECT coalesce(bool_or(name = lower($2)), false) AS username,
          coalesce(bool_or(name = lower($3)), false) AS email
        FROM retired_names
        WHERE free_at > now() AND kind IN ('username', 'email') AND name IN (lower($2), lower($3))),
      used AS (
        UPDATE signup_tokens t SET usage_count = t.usage_count + 1 FROM retired r
        WHERE t.id = $9 AND t.usage_count < t.usage_limit AND t.expires_at > now() AND NOT r.username AND NOT r.email
        RETURNING t.id),
      admitted AS (
        SELECT id FROM used UNION ALL
        SELECT NULL FROM retired r WHERE $9::uuid IS NULL AND NOT r.username AND NOT r.email),
      made AS (
        INSERT INTO users (id, username, email, email_verified, first_name, last_name, display_name, locale)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8 FROM admitted RETURNING id),
      joined AS (
        INSERT INTO user_groups_users (group_id, user_id)
        SELECT g.id, made.id FROM made, user_groups g
        WHERE g.id = ANY($10) OR g.id IN (
          SELECT tg.group_id FROM signup_tokens_groups tg JOIN used ON used.id = tg.token_id)),
      claimed AS (
        INSERT INTO custom_claims (user_id, key, value)
        SELECT DISTINCT ON (c.key) made.id, c.key, c.value
        FROM made, jsonb_to_recordset($11) AS c(key text, value text)
        WHERE c.key IS NOT NULL AND c.value IS NOT NULL),
      begun AS (\(NewSession.insert(from: "made", userID: "made.id", first: 12)) RETURNING user_id),
      \(KnownDevices.remember(of: "begun", session: 12)),
      proven AS (\(FirstProof.insert(from: "made", session: "$12", first: 19))),
      entry AS (\(AuditEntry.insert(parameter: "$22", when: "EXISTS (SELECT 1 FROM made)")))
      SELECT retired.username, retired.email, EXISTS (SELECT 1 FROM made) FROM retired
      """

    public let bindings: Bindings

    /// - Parameters:
    ///   - link: nil if sign-up is open and none was given.
    ///   - groups: in addition to the link's; groups that no longer exist are left out.
    public init(
      user: UserID, profile: Profile, emailVerified: Bool, link: SignupLinkID?, groups: [GroupID],
      claims: [CustomClaim], session: NewSession, proof: FirstProof, entry: AuditEntry
    ) {
      bindings = Bindings { values in
        values.add(
          user.uuid, profile.username, profile.email, emailVerified, profile.firstName, profile.lastName,
          profile.nameToShow, profile.locale, link?.uuid, groups.map(\.uuid),
          JSONText(of: .array(claims.map { ["key": .string($0.key), "value": .string($0.value)] })))
        session.bind(&values)
        proof.bind(&values)
        values.add(entry.json)
      }
    }

    public static func decode(_ row: inout RowReader) throws(RowError) -> Row {
      Row(usernameRetired: try row.next(), emailRetired: try row.next(), done: try row.next())
    }
  }
}
