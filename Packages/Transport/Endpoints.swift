import LatchkeyProtocol
import NIOCore

/// A client's view of a service's instances: which are connected, which are being tried, which have to wait.
///
/// A state machine without input or output: time is handed in, and what is to be done is handed back.
struct Endpoints {
  struct Endpoint {
    let address: SocketAddress
    var connection: ClientConnection?
    var isConnecting = false
    var failures = 0
    var notBefore: ContinuousClock.Instant?
    var lastFailure: ConnectFailure?
  }

  enum Step {
    case use(ClientConnection, endpoint: String)
    /// Every connection is at its limit.
    case full
    /// None is connected; whatever can be tried is being tried.
    case wait
    /// Every instance is there and refuses us.
    case refused(String)
  }

  private let limits: TransportLimits
  private(set) var all: [String: Endpoint] = [:]
  private var order: [String] = []
  private var turn = 0

  init(_ limits: TransportLimits) { self.limits = limits }

  var isEmpty: Bool { order.isEmpty }

  /// The last reason why there is no connection, for people.
  var lastFailure: String? { order.lazy.compactMap { all[$0]?.lastFailure?.reason }.first }

  /// Takes over a fresh list of addresses; gives back the connections to those that are no longer in it.
  mutating func list(_ addresses: [SocketAddress]) -> [ClientConnection] {
    // A failed look-up is no news: the instances that were there still are.
    guard !addresses.isEmpty else { return [] }
    order = addresses.map(\.description)
    for address in addresses where all[address.description] == nil {
      all[address.description] = Endpoint(address: address)
    }
    let listed = Set(order)
    let dropped = all.filter { !listed.contains($0.key) }
    for name in dropped.keys { all[name] = nil }
    return dropped.values.compactMap(\.connection)
  }

  /// Where the next call goes: to the least loaded connection, in turn among equals, elsewhere than before if possible.
  /// Also names the endpoints to which a connection is to be begun now.
  mutating func next(avoiding tried: Set<String>, now: ContinuousClock.Instant) -> (step: Step, connect: [String]) {
    turn &+= 1
    var best: (load: Int, connection: ClientConnection, name: String)?
    var isAnyOpen = false
    for offset in order.indices {
      let name = order[(offset + turn) % order.count]
      guard let connection = all[name]?.connection, let load = connection.load else { continue }
      isAnyOpen = true
      guard load < limits.inFlight else { continue }
      let penalty = tried.contains(name) ? limits.inFlight : 0
      if best.map({ load + penalty < $0.load }) ?? true { best = (load + penalty, connection, name) }
    }
    // With a connection at hand, others are tried only when their wait is over; without, the wait itself is begun.
    let connect = order.filter { name in
      guard let endpoint = all[name], endpoint.connection == nil, !endpoint.isConnecting else { return false }
      return !isAnyOpen || endpoint.notBefore.map { $0 <= now } ?? true
    }
    if let best { return (.use(best.connection, endpoint: best.name), connect) }
    if isAnyOpen { return (.full, connect) }
    if let reason = refusal { return (.refused(reason), connect) }
    return (.wait, connect)
  }

  /// Why every instance refuses us, if it is so and was found out a moment ago.
  private var refusal: String? {
    guard !order.isEmpty, order.allSatisfy({ all[$0]?.lastFailure?.isRefusal == true }) else { return nil }
    return lastFailure
  }

  /// Begins to connect: says when; nil if somebody already does, or the endpoint is gone.
  mutating func begin(_ name: String) -> (address: SocketAddress, notBefore: ContinuousClock.Instant?)? {
    guard let endpoint = all[name], endpoint.connection == nil, !endpoint.isConnecting else { return nil }
    all[name]?.isConnecting = true
    return (endpoint.address, endpoint.notBefore)
  }

  /// Returns false if the endpoint is no longer wanted.
  mutating func connected(_ name: String, _ connection: ClientConnection) -> Bool {
    guard let endpoint = all[name] else { return false }
    all[name] = Endpoint(address: endpoint.address, connection: connection)
    return true
  }

  mutating func failed(_ name: String, _ failure: ConnectFailure, now: ContinuousClock.Instant) {
    guard var endpoint = all[name] else { return }
    endpoint.isConnecting = false
    endpoint.lastFailure = failure
    let wait = min(limits.firstBackOff * (1 << min(endpoint.failures, 16)), limits.longestBackOff)
    // Up to a fifth is left to chance, or many clients would come back in step.
    endpoint.notBefore = now + wait * Double.random(in: 0.8...1)
    endpoint.failures += 1
    all[name] = endpoint
  }

  /// A connection ends: the next call connects anew.
  mutating func closing(_ connection: ClientConnection) {
    for (name, endpoint) in all where endpoint.connection === connection { all[name]?.connection = nil }
  }

  /// Gives up all connections.
  mutating func clear() -> [ClientConnection] {
    defer { (all, order) = ([:], []) }
    return all.values.compactMap(\.connection)
  }
}
