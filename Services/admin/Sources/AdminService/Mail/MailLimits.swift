extension Limits {
  /// Mails that one process delivers at once: enough to get past one slow recipient, few enough for a small server.
  static let mailsAtOnce = 4
  /// How long a mail belongs to its deliverer: several times what an attempt may take in all.
  static let mailLease = Duration.seconds(300)
  /// How long the sender of a test mail waits for its outcome.
  static let testMailWait = Duration.seconds(8)
  /// The life of a link that proves an address, as Pocket ID has it.
  static let emailVerification = Duration.seconds(24 * 3600)
  /// Characters of its token: 32 bytes as base64url text.
  static let emailVerificationToken = 43
}
