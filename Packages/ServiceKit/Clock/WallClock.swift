public import Foundation

/// Where a rule takes the date from. Decisions that several processes must agree on use Postgres's clock instead; this
/// one is for what one process decides by itself (the expiry inside sealed state, log time stamps).
public protocol WallClock: Sendable {
  /// The date now, to the microsecond at best.
  func now() -> Date
}

/// The machine's clock.
public struct SystemClock: WallClock {
  public init() {}

  public func now() -> Date { Date() }
}
