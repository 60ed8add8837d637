public import Logging
public import Postgres
import Store

/// Removes expired rows, in small batches, at intervals. Any number of processes may do it at once: each batch skips
/// rows that another one has locked.
public struct Housekeeping: Sendable {
  /// Nothing depends on how soon an expired row goes: validity is decided where it is read.
  public static let interval = Duration.seconds(600)
  /// The rest after a batch, as a multiple of the time that the batch took: a long backlog takes a tenth of one
  /// connection's time, and of the processor that requests need too.
  static let rest = 9

  private let statements: [any Statement]
  private let database: Database
  private let logger: Logger

  /// - Parameter statements: each removes one batch of one table's expired rows (`Expired`).
  public init(_ statements: [any Statement], in database: Database, logger: Logger) {
    self.statements = statements
    self.database = database
    self.logger = logger
  }

  /// Returns when cancelled.
  public func run() async {
    while !Task.isCancelled {
      for statement in statements {
        do {
          while true {
            let began = ContinuousClock.now
            guard try await remove(statement) > 0 else { break }
            try await Task.sleep(for: began.duration(to: .now) * Self.rest)
          }
        } catch is CancellationError {
          return
        } catch {
          logger.warning("expired rows could not be removed now: \(error)")
        }
      }
      do { try await Task.sleep(for: Self.interval) } catch { return }
    }
  }

  private func remove(_ statement: some Statement) async throws -> Int { try await database.write(statement).count }
}
