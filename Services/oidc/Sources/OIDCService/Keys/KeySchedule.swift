import Foundation
import LatchkeyProtocol
import Logging
import Postgres
import ServiceStore
import Store

/// Rotates keys that have signed for long enough. Every `oidc` process runs one; the database lets one of them do it.
struct KeySchedule: Sendable {
  /// How often it checks: a rotation is due by the day.
  static let interval = Duration.seconds(3600)

  let database: Database
  let keyRing: KeyRing
  let days: Int
  let logger: Logger

  /// Returns when cancelled.
  func run() async {
    guard days > 0 else { return }
    await Periodic.run(every: Self.interval) {
      do { try await rotateWhatIsDue() } catch {
        if !Task.isCancelled { logger.warning("the signing keys could not be rotated now: \(error)") }
      }
    }
  }

  /// - Returns: what was rotated here; nothing if another process did it.
  @discardableResult
  func rotateWhatIsDue() async throws -> [SigningKeys.Move] {
    var entry = AuditEntry(
      id: UUID(), .signingKeysRotated, address: "", userAgent: "latchkey oidc", request: RequestID())
    entry.data["method"] = "schedule"
    let rotate = SigningKeys.Rotate(algorithms: nil, olderThanSeconds: Double(days) * 86_400, entry: entry)
    let moves = try await database.transaction { transaction in
      _ = try await transaction.first(SigningKeys.Lock())
      return try await transaction.write(rotate).rows
    }
    guard !moves.isEmpty else { return [] }
    logger.notice(
      "rotated the signing keys, as scheduled",
      metadata: ["algorithms": "\(moves.map(\.algorithm).joined(separator: ", "))"])
    try await keyRing.refresh()
    return moves
  }
}
