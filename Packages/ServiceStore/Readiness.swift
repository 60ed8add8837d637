package import Foundation
package import LatchkeyProtocol
import Logging
import Postgres
import ServiceKit
import Store

/// Whether a service can do its work: its database answers, has the right version, and agrees about the time.
package struct Readiness: Sendable {
  /// How far a service's clock may be from the database's.
  static let greatestSkew: TimeInterval = 5

  let database: Database
  let clock: any WallClock

  /// Waits for a database that is not up yet, or a clock that is being set. A wrong version throws at once: waiting may
  /// not help.
  func wait(logger: Logger) async throws {
    var lastReason = ""
    while true {
      let reason: String
      do throws(MigrationFailure) {
        try await Migrator(Schema.migrations).check(database)
        guard case .notReady(let sentence) = await check() else { return }
        reason = sentence
      } catch {
        guard case .database(let failure) = error.kind, failure.kind == .unavailable else {
          throw SchemaFailure(description: error.description)
        }
        reason = error.description
      }
      if reason != lastReason { logger.warning("Not ready: \(reason)") }
      lastReason = reason
      try await Task.sleep(for: .milliseconds(250))
    }
  }

  /// Asks the database for its time. The midpoint between request and response counts as the moment it was read.
  func check() async -> Core.Health.Response {
    let before = clock.now()
    let theirs: Date?
    do throws(DatabaseFailure) {
      theirs = try await database.first(Instance.Now())
    } catch {
      return .notReady(reason: "The database does not answer.")
    }
    let after = clock.now()
    guard let theirs else { return .notReady(reason: "The database does not tell the time.") }
    let ours = before.addingTimeInterval(after.timeIntervalSince(before) / 2)
    return Self.judge(skew: ours.timeIntervalSince(theirs))
  }

  package static func judge(skew: TimeInterval) -> Core.Health.Response {
    guard abs(skew) > greatestSkew else { return .ready }
    let seconds = abs(skew).formatted(.number.precision(.fractionLength(1)))
    return .notReady(
      reason: "This machine's clock is \(seconds) s \(skew > 0 ? "ahead of" : "behind") the database's; set it.")
  }
}

/// The database has a version that this program cannot work with.
struct SchemaFailure: Error, CustomStringConvertible {
  let description: String
}
