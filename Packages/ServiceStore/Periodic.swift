public import Postgres
import Store

/// Work that repeats until its task is cancelled.
public enum Periodic {
  /// Runs at once, and again `interval` after each run.
  public static func run(every interval: Duration, _ work: () async -> Void) async {
    while !Task.isCancelled {
      await work()
      do { try await Task.sleep(for: interval) } catch { return }
    }
  }

  /// Runs when something is posted to the outbox, and at intervals: a notification may be lost with its connection, and
  /// a retry comes without one. What comes while `deliver` runs makes it run once more.
  public static func onOutbox(
    of database: Database, every interval: Duration, _ deliver: @escaping @Sendable () async -> Void
  ) async {
    let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withTaskGroup { group in
      group.addTask {
        for await notice in database.notifications(on: Outbox.channel) where notice != .disconnected { wake.yield() }
      }
      group.addTask { await run(every: interval) { wake.yield() } }
      group.addTask { for await _ in wakes { await deliver() } }
    }
  }
}
