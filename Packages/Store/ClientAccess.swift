/// Who may use which client, in SQL: the same text wherever a grant, a code or a token is read.
enum ClientAccess {
  /// Whether the user is in one of the client's allowed groups.
  ///
  /// - Parameters:
  ///   - client: SQL for the client's id.
  ///   - user: SQL for the user's id.
  static func inAllowedGroup(client: String, user: String) -> String {
    """
    EXISTS (SELECT 1 FROM clients_allowed_groups ag JOIN user_groups_users gm ON gm.group_id = ag.group_id
      WHERE ag.client_id = \(client) AND gm.user_id = \(user))
    """
  }

  /// Whether the user may use the client that has the alias `client`: a restricted one with an empty list admits no
  /// one.
  static func admits(client: String, user: String) -> String {
    "(NOT \(client).is_group_restricted OR \(inAllowedGroup(client: "\(client).id", user: user)))"
  }
}
