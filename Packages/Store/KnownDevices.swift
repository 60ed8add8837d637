/// The browsers that a person has signed in with before: mail tells them of a sign-in with another one.
public enum KnownDevices {
  /// A CTE `device` that remembers the browser of a session that begins, and knows whether it is new. It belongs in the
  /// statement that begins the session.
  ///
  /// - Parameters:
  ///   - begun: a CTE with the column `user_id`, a row for the session that began, none if none did.
  ///   - session: the number of the first of the session's parameters (`NewSession.insert`).
  static func remember(of begun: String, session: Int) -> String {
    """
    device AS (
      INSERT INTO known_devices AS d (user_id, device_hash)
      SELECT user_id, sha256(convert_to($\(session + 3) || chr(10) || $\(session + 4), 'UTF8')) FROM \(begun)
      ON CONFLICT (user_id, device_hash) DO UPDATE SET last_seen_at = now()
      RETURNING d.user_id, d.first_seen_at = d.last_seen_at AS is_new)
    """
  }

  /// The CTE `device` and one that posts a mail when it is new, the person has an address and the administrator wants
  /// it.
  ///
  /// - Parameter mail: the number of the first of the mail's parameters (`OutboxItem.insert`).
  static func tell(of begun: String, session: Int, mail: Int) -> String {
    """
    \(remember(of: begun, session: session)),
    told AS (
      \(OutboxItem.insert(
        from: """
          device JOIN users told_user ON told_user.id = device.user_id AND told_user.email IS NOT NULL AND device.is_new
            JOIN settings ON coalesce(environment, chosen) ->> 'emailLoginNotificationEnabled' = 'true'
          """,
        userID: "device.user_id", first: mail)))
    """
  }
}
