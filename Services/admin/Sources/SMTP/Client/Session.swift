import NIOCore
import NIOTLS
import Synchronization
import TLS

/// One conversation: carries out the machine's actions and feeds it events, all on the connection's event loop, and
/// reports the outcome once.
final class Session: Sendable {
  private struct State: Sendable {
    var machine: SessionMachine
    var channel: (any Channel)?
    var isOver = false
  }

  private let state: Mutex<State>
  private let protector: Protector?
  private let isImplicit: Bool
  private let outcome: EventLoopPromise<Outcome>
  private let times: SMTPTimes

  init(
    _ machine: SessionMachine, protector: Protector?, isImplicit: Bool, outcome: EventLoopPromise<Outcome>,
    times: SMTPTimes
  ) {
    state = Mutex(State(machine: machine))
    self.protector = protector
    self.isImplicit = isImplicit
    self.outcome = outcome
    self.times = times
  }

  /// Ends it at any point, including a connection that is established too late.
  func end(_ reason: String) {
    let (channel, actions) = state.withLock { state in
      state.isOver = true
      return (state.channel, state.machine.handle(.broke(reason)))
    }
    if let channel { return perform(actions, channel) }
    // Not connected yet: the machine's outcome stands, at the step before its first.
    outcome.succeed(.deferred(Outcome.Trouble(.connection, reason)))
  }

  /// A name with several addresses is tried on several connections; the first to be established is used.
  func connected(_ channel: any Channel) {
    let isWanted = state.withLock { state in
      guard !state.isOver, state.channel == nil else { return false }
      state.channel = channel
      return true
    }
    guard isWanted else { return channel.close(promise: nil) }
    if isImplicit { protect(channel) }
  }

  func happened(_ event: SessionMachine.Event, _ channel: any Channel) {
    perform(state.withLock { $0.channel === channel ? $0.machine.handle(event) : [] }, channel)
  }

  private func perform(_ actions: [SessionMachine.Action], _ channel: any Channel) {
    for action in actions {
      switch action {
      case .send(let bytes): channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
      case .startTLS: protect(channel)
      case .finish(let result):
        outcome.succeed(result)
        channel.eventLoop.scheduleTask(in: TimeAmount(times.goodbye)) { channel.close(promise: nil) }
      case .close: channel.close(promise: nil)
      }
    }
  }

  /// Puts TLS first, so that no byte bypasses it from here on.
  private func protect(_ channel: any Channel) {
    do {
      guard let handler = try protector?.handler() else { return end("There is no protection to begin.") }
      try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    } catch {
      happened(.broke("Protection could not be begun: \(error)"), channel)
    }
  }
}

/// Turns what happens on the connection into the machine's events.
final class SessionHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let session: Session
  private var reason = "The connection ended."

  init(_ session: Session) { self.session = session }

  func channelActive(context: ChannelHandlerContext) {
    session.connected(context.channel)
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    session.happened(.received(Array(unwrapInboundIn(data).readableBytesView)), context.channel)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted = event as? TLSUserEvent { session.happened(.secured, context.channel) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    reason = Self.sentence(error)
    session.happened(.broke(reason), context.channel)
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    session.happened(.broke(reason), context.channel)
    context.fireChannelInactive()
  }

  private static func sentence(_ error: any Error) -> String {
    switch error as? TLSFailure {
    case .otherName: "The server's certificate is made out to another name."
    case .expired: "The server's certificate has expired."
    case .notTrusted: "The server's certificate is not trusted."
    case .notTLS: "The server does not speak TLS on this port."
    case .truncated: "The connection ended."
    case .refused(let alert): "The protected connection could not be agreed on: the server refused it (\(alert))."
    case .other(let cause): "The protected connection broke: \(cause)"
    case nil: "The connection broke: \(error)"
    }
  }
}
