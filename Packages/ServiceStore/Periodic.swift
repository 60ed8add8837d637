public import Postgres
import Store

/// Work that comes round again until its task is cancelled.
public enum Periodic {
  /// At once, and again so long after each time.
  public static func run(every interval: Duration, _ work: () async -> Void) async {
    while !Task.isCancelled {
      await work()
      do { try await Task.sleep(for: interval) } catch { return }
    }
  }

  /// Whenever something is posted to the outbox, and every so often: word of it may be lost with its connection, and a
  /// next attempt comes without word. What comes while `deliver` runs makes it run once more.
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
