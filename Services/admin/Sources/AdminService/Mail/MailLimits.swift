extension Limits {
  /// Mails that one process delivers at the same time: enough to pass by one slow recipient, few enough for a small
  /// server.
  static let mailsAtOnce = 4
  /// How long a mail belongs to its deliverer: several times what an attempt may take in all.
  static let mailLease = Duration.seconds(300)
  /// How long somebody who sends a test mail waits for what comes of it.
  static let testMailWait = Duration.seconds(8)
  /// The life of a link that proves an address, as Pocket ID has it.
  static let emailVerification = Duration.seconds(24 * 3600)
  /// Characters of its token: 32 bytes as base64url text.
  static let emailVerificationToken = 43
}
