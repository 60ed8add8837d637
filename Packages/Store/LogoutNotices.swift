/// What apps are told when a session or what it gave ends (OpenID Connect Back-Channel Logout 1.0): rows of the outbox,
/// written in the statement of their cause and delivered by `oidc`.
public enum LogoutNotices {
  /// The outbox's kind.
  public static let kind = "backchannel_logout"
  /// An app that has not answered for a day will hardly care for a session of yesterday.
  static let usefulFor = "interval '1 day'"

  /// An INSERT of one notice for each app and session among the authorizations `a` that meet `condition`. A notice always
  /// names its session: there are apps that take no other.
  ///
  /// - Parameter condition: SQL over `a`, such as `a.session_id IN (SELECT id FROM ended)`. Authorizations whose code was
  ///   never redeemed are left out: their app knows of no session.
  static func insert(when condition: String) -> String {
    """
    INSERT INTO outbox (id, service, kind, user_id, client_id, session_id, sealed, useful_until)
    SELECT gen_random_uuid(), 'oidc', '\(kind)', told.user_id, told.client_id, told.session_id, ''::bytea,
      now() + \(usefulFor)
    FROM (
      SELECT DISTINCT a.user_id, a.client_id, a.session_id
      FROM authorizations a JOIN clients c ON c.id = a.client_id AND c.backchannel_logout_uri IS NOT NULL
      WHERE a.spent_at IS NOT NULL AND (\(condition))) told
    RETURNING length(pg_notify('\(Outbox.channel)', 'oidc')::text)
    """
  }
}
