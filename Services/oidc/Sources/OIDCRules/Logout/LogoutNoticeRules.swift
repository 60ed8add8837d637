/// The outcome of telling an app's server that a session is over (OpenID Connect Back-Channel Logout 1.0 §2.8).
public enum LogoutNoticeRules {
  public enum Answer: Sendable, Hashable {
    /// An HTTP status.
    case status(Int)
    /// There was no response.
    case none
  }

  public enum Verdict: Sendable, Hashable {
    case told
    /// The app will not accept it, now or later.
    case refused
    /// Retry after so many seconds.
    case again(seconds: Double)
  }

  /// Seconds until the next attempt: soon, since users who have signed out may be at a shared screen; then for an app
  /// that comes back from an update; then for one that was down overnight.
  static let waits: [Double] = [5, 20, 60, 300, 900, 1800, 3600]

  /// - Parameter attempts: this one included.
  public static func verdict(_ answer: Answer, attempts: Int) -> Verdict {
    switch answer {
    // §2.8 says 200; frameworks respond 204 when there is nothing to say.
    case .status(200..<300): .told
    // §2.8: the request was invalid, or the logout failed. A retry would be refused too.
    case .status(400): .refused
    case .status, .none: .again(seconds: waits[min(max(attempts, 1), waits.count) - 1])
    }
  }
}
