import LatchkeyProtocol
package import NIOCore

/// What decides whether a connection is given a call.
package struct EndpointCondition {
  /// Calls in flight.
  package let load: Int
  /// It has been silent for too long.
  package let isSuspect: Bool

  package init(load: Int, isSuspect: Bool) {
    self.load = load
    self.isSuspect = isSuspect
  }
}

/// What a client's choice needs to know about a connection.
package protocol EndpointConnection: AnyObject {
  /// Nil if no new call may enter.
  var condition: EndpointCondition? { get }
}

extension ClientConnection: EndpointConnection {}

/// A client's view of a service's instances: which are connected, which are being tried, which must wait.
///
/// A state machine without I/O: the caller passes the time in and performs the actions that it returns.
package struct Endpoints<Connection: EndpointConnection> {
  struct Endpoint {
    let address: SocketAddress
    var connection: Connection?
    var isConnecting = false
    var failures = 0
    var notBefore: ContinuousClock.Instant?
    var lastFailure: ConnectFailure?
  }

  package enum Step {
    case use(Connection, endpoint: String)
    /// Every connection is at its limit.
    case full
    /// None is connected and trusted; each one that can be tried is being tried.
    case wait
    /// Every instance is there and refuses us.
    case refused(String)
  }

  private let limits: TransportLimits
  private var all: [String: Endpoint] = [:]
  private var order: [String] = []
  private var turn = 0

  package init(_ limits: TransportLimits) { self.limits = limits }

  /// How many instances there are, connected or not.
  package var count: Int { order.count }

  /// Whether calls can go out at all.
  package var isAnyOpen: Bool { order.contains { all[$0]?.connection?.condition != nil } }

  /// The last reason for having no connection, for people.
  package var lastFailure: String? {
    if isAnyOpen { return "No instance answers." }
    return order.lazy.compactMap { all[$0]?.lastFailure?.reason }.first
  }

  /// Takes a fresh list of addresses; returns the connections to those that are no longer in it.
  package mutating func list(_ addresses: [SocketAddress]) -> [Connection] {
    // A failed look-up tells us nothing new: the instances that were there still are.
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

  /// Where the next call goes: to the trusted connection with the fewest calls in flight, in turn among equals, and if
  /// possible to another endpoint than before. An instance that has become slow holds more calls than its neighbours,
  /// and so gets fewer new ones. Also names the endpoints to which a connection should be begun now.
  package mutating func next(
    avoiding tried: Set<String>, now: ContinuousClock.Instant
  ) -> (step: Step, connect: [String]) {
    turn &+= 1
    let (best, isAnyTrusted) = choose { tried.contains($0) ? limits.inFlight : 0 }
    // With a connection available, others are tried only after their wait; without one, the wait itself is begun.
    let connect = order.filter { name in
      guard let endpoint = all[name], endpoint.connection == nil, !endpoint.isConnecting else { return false }
      return !isAnyTrusted || endpoint.notBefore.map { $0 <= now } ?? true
    }
    if let best { return (.use(best.connection, endpoint: best.endpoint), connect) }
    if isAnyTrusted { return (.full, connect) }
    if let reason = refusal { return (.refused(reason), connect) }
    return (.wait, connect)
  }

  /// Another trusted instance, for a call that waits for this one.
  package func other(than endpoint: String) -> Connection? {
    choose { $0 == endpoint ? nil : 0 }.best?.connection
  }

  /// - Parameter penalty: added to an endpoint's load; nil excludes the endpoint.
  private func choose(
    penalty: (String) -> Int?
  ) -> (best: (connection: Connection, endpoint: String)?, isAnyTrusted: Bool) {
    var best: (load: Int, connection: Connection, name: String)?
    var isAnyTrusted = false
    for offset in order.indices {
      let name = order[(offset &+ turn) % order.count]
      guard let penalty = penalty(name), let connection = all[name]?.connection, let condition = connection.condition,
        !condition.isSuspect
      else { continue }
      isAnyTrusted = true
      guard condition.load < limits.inFlight else { continue }
      let load = condition.load + penalty
      if best.map({ load < $0.load }) ?? true { best = (load, connection, name) }
    }
    return (best.map { ($0.connection, $0.name) }, isAnyTrusted)
  }

  /// Why every instance refuses us, if each one's latest attempt, a moment ago, was refused.
  private var refusal: String? {
    guard !order.isEmpty, order.allSatisfy({ all[$0]?.lastFailure?.isRefusal == true }) else { return nil }
    return lastFailure
  }

  /// Begins to connect: returns when; nil if another task already does, or the endpoint is gone.
  package mutating func begin(
    _ name: String
  ) -> (address: SocketAddress, notBefore: ContinuousClock.Instant?)? {
    guard let endpoint = all[name], endpoint.connection == nil, !endpoint.isConnecting else { return nil }
    all[name]?.isConnecting = true
    return (endpoint.address, endpoint.notBefore)
  }

  /// Returns false if the endpoint is no longer wanted.
  package mutating func connected(_ name: String, _ connection: Connection) -> Bool {
    guard let endpoint = all[name] else { return false }
    all[name] = Endpoint(address: endpoint.address, connection: connection)
    return true
  }

  package mutating func failed(_ name: String, _ failure: ConnectFailure, now: ContinuousClock.Instant) {
    guard var endpoint = all[name] else { return }
    endpoint.isConnecting = false
    endpoint.lastFailure = failure
    let wait = min(limits.firstBackOff * (1 << min(endpoint.failures, 16)), limits.longestBackOff)
    // Up to a fifth is left to chance, or many clients would come back in step.
    endpoint.notBefore = now + wait * Double.random(in: 0.8...1)
    endpoint.failures += 1
    all[name] = endpoint
  }

  /// A connection ends: the next call connects again.
  package mutating func closing(_ connection: Connection) {
    for (name, endpoint) in all where endpoint.connection === connection { all[name]?.connection = nil }
  }

  /// The name of the endpoint that a connection belongs to.
  package func name(of connection: Connection) -> String? {
    order.first { all[$0]?.connection === connection }
  }

  /// Drops all connections.
  package mutating func clear() -> [Connection] {
    defer { (all, order) = ([:], []) }
    return all.values.compactMap(\.connection)
  }
}
