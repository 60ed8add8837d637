import Encodings
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceStore
import Store
import Synchronization

/// Wrong client secrets, by client and source network. Ours cannot be guessed, but people chose the imported ones, and
/// comparing one of those costs a tenth of a second.
///
/// They are counted in Postgres, for all instances; this process remembers who has reached the limit, so that neither
/// checking nor counting costs more. A correct secret from another network is never refused.
final class SecretGuesses: Sendable {
  private struct Key: Hashable {
    let client: String
    let network: String
  }

  private let spent = Mutex<[Key: ContinuousClock.Instant]>([:])

  /// Whether this network has guessed enough at this client's secret.
  func areSpent(_ client: String, _ call: Call) -> Bool {
    let key = Self.key(client, call)
    return spent.withLock { spent in
      guard let until = spent[key] else { return false }
      if until > .now { return true }
      spent[key] = nil
      return false
    }
  }

  /// Counts a wrong secret.
  /// - Returns: for how many seconds no more are checked, if this one reached the limit.
  func count(_ client: String, _ store: StoreAccess, _ call: Call) async throws(ServiceFailure) -> Int? {
    let key = Self.key(client, call)
    let count = Attempts.Count(
      "client:\(client)/address:\(key.network)/secret", windowSeconds: Limits.secretWindow / .seconds(1))
    guard let row = try await store.write(count, call).rows.first, row.count >= Limits.wrongSecrets else { return nil }
    let seconds = max(1, row.secondsLeft)
    spent.withLock { spent in
      if spent.count >= Limits.spentGuesses { spent = spent.filter { $0.value > .now } }
      // If there is no room, the next attempt is counted again.
      guard spent.count < Limits.spentGuesses else { return }
      spent[key] = .now + .seconds(seconds)
    }
    return seconds
  }

  private static func key(_ client: String, _ call: Call) -> Key {
    Key(client: client, network: IPAddress.network(of: call.caller.address))
  }
}
