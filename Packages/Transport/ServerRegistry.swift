import Synchronization

/// A server's connections: counts them, tells them to leave, and knows when the last one is gone.
final class ServerRegistry: Sendable {
  private struct State {
    var connections: [ObjectIdentifier: ServerConnection] = [:]
    var isLeaving = false
    var onEmpty: CheckedContinuation<Void, Never>?
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int) { self.limit = limit }

  var count: Int { state.withLock { $0.connections.count } }

  /// Whether there is room for one more.
  func add(_ connection: ServerConnection) -> Bool {
    state.withLock { state in
      guard !state.isLeaving, state.connections.count < limit else { return false }
      state.connections[ObjectIdentifier(connection)] = connection
      return true
    }
  }

  func remove(_ connection: ServerConnection) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      state.connections[ObjectIdentifier(connection)] = nil
      guard state.connections.isEmpty else { return nil }
      defer { state.onEmpty = nil }
      return state.onEmpty
    }
    waiter?.resume()
  }

  /// Accepts no new connections and tells all existing ones to leave.
  func leave() {
    let connections = state.withLock { state in
      state.isLeaving = true
      return Array(state.connections.values)
    }
    for connection in connections { connection.leave() }
  }

  func cut() {
    let connections = state.withLock { Array($0.connections.values) }
    for connection in connections { connection.cut() }
  }

  /// Returns when the last connection is gone, or when `giveUp` is called.
  func empty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        guard !state.connections.isEmpty else { return true }
        state.onEmpty = continuation
        return false
      }
      if isEmpty { continuation.resume() }
    }
  }

  func giveUp() {
    let waiter = state.withLock { state in
      defer { state.onEmpty = nil }
      return state.onEmpty
    }
    waiter?.resume()
  }
}
