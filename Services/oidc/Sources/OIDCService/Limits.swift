/// Bounds of this service that no setting changes, each with its reason. Those on what requests may say are
/// `OIDCRules.Limits`.
enum Limits {
  /// Frames on one goodbye page: more apps than any user uses in a session.
  static let frontchannelFrames = 30
  /// Bytes of a request to end a session that the question carries: as a form they stay within what the gateway reads.
  static let askedToLeave = 16 * 1024
  /// Notices that one process delivers at the same time: enough to get past one app that does not respond.
  static let noticesAtOnce = 8
  /// How long an app may take to answer.
  static let backchannelPatience = Duration.seconds(10)
  /// How much of its answer is read: the error code of a refusal.
  static let backchannelAnswer = 4096
  /// How long a notice belongs to its deliverer: several times what an attempt may take in all.
  static let noticeLease = Duration.seconds(60)
  /// Wrong secrets for one client from one network in ``secretWindow``: an app that was set up wrongly gets a few
  /// tries, a list of usual passwords gets nowhere.
  static let wrongSecrets = 20
  static let secretWindow = Duration.seconds(300)
  /// Codes that one user's browsers get in an hour, for apps known and new to them: more than forty apps that ask every
  /// two minutes; each adds a kilobyte to the audit log.
  static let codesPerHour = 1500
  /// Pairs of client and network that are remembered as having reached ``wrongSecrets``.
  static let spentGuesses = 10_000
}
