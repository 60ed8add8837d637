/// What decides in SQL whether a token lives: the same text in every statement that accepts one. Nothing is pushed
/// anywhere when something ends; it is found dead when it is read.
enum GrantLife {
  /// Whether the grant under the alias `g` lives, as far as it and its session go.
  ///
  /// A session that has merely expired ends nothing. One that its user signed out of ends what was given without
  /// offline access (OpenID Connect Core §11); one that ended in any other way ends all that it gave.
  static func lives(_ g: String) -> String {
    """
    (\(g).ended_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM sessions ended WHERE ended.id = \(g).session_id AND ended.ended_at IS NOT NULL
        AND (NOT \(g).offline OR ended.ended_reason IS DISTINCT FROM 'signed_out')))
    """
  }

  /// Joins to the grant `g`, with a client `c`, the consent `agreed` that it came from and its user `u`, if they live:
  /// the consent was not withdrawn since, and the user is neither disabled nor outside the client's groups.
  static let consentAndUser = consentAndUser(by: "JOIN")

  /// The same for a statement that also answers if they do not.
  static let consentAndUserIfLiving = consentAndUser(by: "LEFT JOIN")

  private static func consentAndUser(by join: String) -> String {
    """
    \(join) consents agreed ON agreed.user_id = g.user_id AND agreed.client_id = g.client_id AND agreed.created_at <= g.issued_at
    \(join) users u ON u.id = agreed.user_id AND NOT u.disabled
      AND \(ClientAccess.admits(client: "c", user: "agreed.user_id"))
    """
  }
}
