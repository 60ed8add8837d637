import NIOCore
import Synchronization

/// The open connections and the requests being answered: what a server waits for before it is gone.
final class Connections: Sendable {
  private struct State {
    var open: [ObjectIdentifier: any Channel] = [:]
    /// The open ones that are to be refused.
    var unwelcome: Set<ObjectIdentifier> = []
    var answering = 0
    /// Waits until there are none of either.
    var waiting: CheckedContinuation<Void, Never>?
    /// Called when a connection ends at which the limit was reached.
    var accept: (@Sendable () -> Void)?
    /// The server is stopping: every answer from here on is its connection's last.
    var isDraining = false
    /// Nothing is waited for any more.
    var isCut = false
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: connections held open at once; further ones wait in the listen queue.
  init(limit: Int) { self.limit = limit }

  /// Whether another connection may be accepted.
  /// - Parameter later: called once, on any thread, when one may be accepted after all.
  func mayAccept(orElse later: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      if state.open.count >= limit { state.accept = later }
      return state.open.count < limit
    }
  }

  /// - Parameter isWelcome: whether its requests are to be answered.
  func opened(_ channel: any Channel, isWelcome: Bool) {
    let id = ObjectIdentifier(channel)
    state.withLock { state in
      state.open[id] = channel
      if !isWelcome { state.unwelcome.insert(id) }
    }
    channel.closeFuture.whenComplete { [self] _ in closed(channel) }
  }

  func isWelcome(_ channel: any Channel) -> Bool {
    state.withLock { !$0.unwelcome.contains(ObjectIdentifier(channel)) }
  }

  /// Whether the server is stopping: answers say so even if the connection has not heard of it yet.
  var isDraining: Bool { state.withLock(\.isDraining) }

  private func closed(_ channel: any Channel) {
    let id = ObjectIdentifier(channel)
    let accept = state.withLock { state in
      state.open[id] = nil
      state.unwelcome.remove(id)
      defer { state.accept = nil }
      return state.accept
    }
    accept?()
    settle()
  }

  /// A request has arrived.
  func begin() { state.withLock { $0.answering += 1 } }

  /// It was answered.
  func end() {
    state.withLock { $0.answering -= 1 }
    settle()
  }

  /// Tells every connection that the server is stopping, and returns when all have ended and all requests are answered.
  func drain() async {
    state.withLock { $0.isDraining = true }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ConnectionGuard.Drain()) }
    await withCheckedContinuation { continuation in
      state.withLock { $0.waiting = continuation }
      settle()
    }
  }

  /// Ends the wait, and every connection.
  func cut() {
    state.withLock { $0.isCut = true }
    for channel in channels { channel.close(promise: nil) }
    settle()
  }

  private var channels: [any Channel] { state.withLock { Array($0.open.values) } }

  private func settle() {
    let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.isCut || (state.open.isEmpty && state.answering == 0) else { return nil }
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }
}
