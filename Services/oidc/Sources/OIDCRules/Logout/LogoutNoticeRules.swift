/// What becomes of telling an app's server that a session is over (OpenID Connect Back-Channel Logout 1.0 §2.8).
public enum LogoutNoticeRules {
  public enum Answer: Sendable, Hashable {
    /// An HTTP status.
    case status(Int)
    /// Nothing came back.
    case none
  }

  public enum Verdict: Sendable, Hashable {
    case told
    /// The app will not have it, now or later.
    case refused
    /// Again after so many seconds.
    case again(seconds: Double)
  }

  /// Seconds until the next attempt: soon, since people who have signed out may be standing at a shared screen; then as
  /// an app comes back from an update; then from a night.
  static let waits: [Double] = [5, 20, 60, 300, 900, 1800, 3600]

  /// - Parameter attempts: this one included.
  public static func verdict(_ answer: Answer, attempts: Int) -> Verdict {
    switch answer {
    // §2.8 says 200; frameworks answer 204 where there is nothing to say.
    case .status(200..<300): .told
    // §2.8: the request was invalid, or the logout failed. The same again would be refused again.
    case .status(400): .refused
    case .status, .none: .again(seconds: waits[min(max(attempts, 1), waits.count) - 1])
    }
  }
}
