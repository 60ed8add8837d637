public import LatchkeyProtocol
public import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Sends messages to the instances of one service, wherever they listen.
///
/// It connects on the first call, gives each call to the instance with the fewest in flight, and reconnects to those
/// that failed. A name with several addresses counts as several instances; names are resolved again while calls come.
/// An instance that is no longer among their addresses gets no new call and keeps its connection until its answers are
/// there. An instance that has gone silent is skipped until it sends something; a call that waits for it and may be
/// sent twice is hedged to another instance.
public final class TCPClient: MessageSender {
  struct State {
    var endpoints: Endpoints<ClientConnection>
    var known: KnownAddresses
    /// Calls that are hedged to a second instance at the moment.
    var hedges = 0
    var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    var nextWaiter: UInt64 = 0
    /// Counts the changes that waiters wait for, so that none misses one that happened before it began to wait.
    var changes = 0
    var resolvedAt: ContinuousClock.Instant?
    var isResolving = false
    var isClosed = false
  }

  let addresses: [ServiceAddress]
  let identity: ClientIdentity
  let limits: TransportLimits
  let resolver: Resolver
  let logger: Logger
  let state: Mutex<State>

  /// - Parameters:
  ///   - service: the service to expect there; another one is refused.
  ///   - addresses: where its instances listen.
  ///   - peer: this program.
  ///   - key: proves that peer.
  public convenience init(
    service: String, addresses: [ServiceAddress], peer: Peer, key: TransportKey,
    limits: TransportLimits = TransportLimits(), logger: Logger
  ) {
    self.init(
      service: service, addresses: addresses, peer: peer, key: key, limits: limits, versions: Handshake.versions,
      logger: logger)
  }

  /// The same, with wire versions of another build or a custom resolver.
  package init(
    service: String, addresses: [ServiceAddress], peer: Peer, key: TransportKey, limits: TransportLimits,
    versions: ClosedRange<UInt8> = Handshake.versions, resolver: Resolver = .system, logger: Logger
  ) {
    self.addresses = addresses
    identity = ClientIdentity(service: service, peer: peer, key: key, versions: versions)
    self.limits = limits
    self.resolver = resolver
    self.logger = logger
    state = Mutex(State(endpoints: Endpoints(limits), known: KnownAddresses(count: addresses.count)))
  }

  // MARK: Sending

  public func send<Message: ServiceRequest>(
    _ message: Message, _ call: Call
  ) async throws(ServiceFailure) -> Message.Response {
    let request = try MessageBytes.request(message, call)
    let answer = try await exchange(Message.method, Message.replay, request, call)
    return try MessageBytes.response(answer, of: Message.self)
  }

  /// One call, as often as its rules allow.
  private func exchange(
    _ method: MethodName, _ replay: Replay, _ request: RequestFrame, _ call: Call
  ) async throws(ServiceFailure) -> ByteBuffer {
    var attempts = RetryRule(replay: replay, limit: limits.attempts)
    while true {
      guard call.deadline > .now else {
        throw attempts.truthful(ServiceFailure(.timedOut, mayHaveHappened: false, "No answer came in time."))
      }
      let place: Place
      do throws(ServiceFailure) {
        place = try await connection(avoiding: attempts.tried, until: call.deadline)
      } catch {
        throw attempts.truthful(error)
      }
      let hedge = replay.maySendAgain && place.hasOthers ? hedge(method, request, call, place.endpoint) : nil
      let outcome = await place.connection.call(request, deadline: call.deadline, hedge: hedge)
      switch attempts.next(after: outcome, at: place.endpoint) {
      case .answer(let bytes): return bytes
      case .fail(let failure): throw failure
      case .tryAgain:
        logger.debug("A call is tried again", metadata: ["method": "\(method)", "request": "\(call.id)"])
      }
    }
  }

  /// How a call that waits too long for one instance is hedged to another.
  private func hedge(
    _ method: MethodName, _ request: RequestFrame, _ call: Call, _ endpoint: String
  ) -> Hedge {
    Hedge(due: .now + call.remaining * limits.hedgeAfterShare) { [self] deliver in
      let other: ClientConnection? = state.withLock { state in
        guard state.hedges < limits.hedges, !state.isClosed else { return nil }
        guard let other = state.endpoints.other(than: endpoint) else { return nil }
        state.hedges += 1
        return other
      }
      guard let other else { return nil }
      logger.debug("A call is asked elsewhere too", metadata: ["method": "\(method)", "request": "\(call.id)"])
      return Task {
        defer { state.withLock { $0.hedges -= 1 } }
        deliver(await other.call(request, deadline: call.deadline))
      }
    }
  }

  /// Takes no new calls, lets those in flight end, and closes.
  public func close() async {
    let (connections, waiters) = state.withLock { state in
      state.isClosed = true
      let waiters = Array(state.waiters.values)
      state.waiters = [:]
      return (state.endpoints.clear(), waiters)
    }
    for waiter in waiters { waiter.resume(returning: true) }
    for connection in connections { connection.leave("This client was closed.") }
  }
}
