/// What apps are told when a session or what it gave ends (OpenID Connect Back-Channel Logout 1.0): rows of the outbox,
/// written in the statement of their cause and delivered by `oidc`.
public enum LogoutNotices {
  /// The outbox's kind.
  public static let kind = "backchannel_logout"
  /// An app that has not answered for a day will hardly care about yesterday's session.
  static let usefulFor = "interval '1 day'"

  /// An INSERT of one notice for each app and session among the grants `g` that meet `condition`. A notice always names
  /// its session: some apps accept no other.
  ///
  /// - Parameter condition: SQL over `g`, such as `g.session_id IN (SELECT id FROM ended)`. Grants whose code was
  ///   never redeemed are left out: their app knows of no session.
  static func insert(when condition: String) -> String {
    """
    INSERT INTO outbox (id, service, kind, user_id, client_id, session_id, sealed, useful_until)
    SELECT gen_random_uuid(), 'oidc', '\(kind)', told.user_id, told.client_id, told.session_id, ''::bytea,
      now() + \(usefulFor)
    FROM (
      SELECT DISTINCT g.user_id, g.client_id, g.session_id
      FROM grants g JOIN clients c ON c.id = g.client_id AND c.backchannel_logout_uri IS NOT NULL
      WHERE g.spent_at IS NOT NULL AND (\(condition))) told
    RETURNING length(pg_notify('\(Outbox.channel)', 'oidc')::text)
    """
  }
}
