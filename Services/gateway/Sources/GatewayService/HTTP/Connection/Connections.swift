import NIOCore
import Synchronization

/// The connections that are open and the requests that are being answered: what a server waits for before it is gone.
final class Connections: Sendable {
  private struct State {
    var open: [ObjectIdentifier: any Channel] = [:]
    var answering = 0
    /// Waits for both to be none.
    var waiting: CheckedContinuation<Void, Never>?
    /// Called when a connection ends at which the limit was reached.
    var accept: (@Sendable () -> Void)?
    /// Nothing is waited for any more.
    var isCut = false
  }

  private let limit: Int
  private let state = Mutex(State())

  /// - Parameter limit: connections held open at once; further ones wait in the listen queue.
  init(limit: Int) { self.limit = limit }

  /// Whether another connection may be accepted.
  /// - Parameter later: called once, on any thread, when it may after all.
  func mayAccept(orElse later: @escaping @Sendable () -> Void) -> Bool {
    state.withLock { state in
      if state.open.count >= limit { state.accept = later }
      return state.open.count < limit
    }
  }

  func opened(_ channel: any Channel) {
    state.withLock { $0.open[ObjectIdentifier(channel)] = channel }
    channel.closeFuture.whenComplete { [self] _ in closed(channel) }
  }

  private func closed(_ channel: any Channel) {
    let accept = state.withLock { state in
      state.open[ObjectIdentifier(channel)] = nil
      defer { state.accept = nil }
      return state.accept
    }
    accept?()
    settle()
  }

  /// A request has come.
  func begin() { state.withLock { $0.answering += 1 } }

  /// It was answered.
  func end() {
    state.withLock { $0.answering -= 1 }
    settle()
  }

  /// Tells every connection that the server stops, and returns when all have ended with all that was being answered.
  func drain() async {
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

/// Accepts no more connections than may be open: further ones wait in the listen queue.
final class Acceptor: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never

  private let connections: Connections

  init(_ connections: Connections) { self.connections = connections }

  func read(context: ChannelHandlerContext) {
    let loop = context.eventLoop
    let bound = NIOLoopBound((self, context), eventLoop: loop)
    let later: @Sendable () -> Void = {
      loop.execute { bound.value.0.read(context: bound.value.1) }
    }
    if connections.mayAccept(orElse: later) { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connections.opened(unwrapInboundIn(data))
    context.fireChannelRead(data)
  }
}
