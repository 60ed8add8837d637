/// Bounds of this service that no setting changes, each with its reason. Those on what requests may say are
/// `OIDCRules.Limits`.
enum Limits {
  /// Frames on one goodbye page: more apps than anybody uses in a session.
  static let frontchannelFrames = 30
  /// Bytes of a request to end a session that the question carries: as a form they stay within what the gateway reads.
  static let askedToLeave = 16 * 1024
  /// Notices that one process delivers at the same time: enough to pass by one app that does not answer.
  static let noticesAtOnce = 8
  /// How long an app may take to answer.
  static let backchannelPatience = Duration.seconds(10)
  /// How much of its answer is read: the error code of a refusal.
  static let backchannelAnswer = 4096
  /// How long a notice belongs to its deliverer: several times what an attempt may take in all.
  static let noticeLease = Duration.seconds(60)
}
