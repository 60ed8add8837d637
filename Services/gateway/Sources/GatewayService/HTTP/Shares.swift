import Encodings
package import ServiceKit
import Synchronization

/// What all networks share, and how much of it each one holds: a network that holds its share is refused more, and the
/// others do not notice.
///
/// In this process's memory, since what is shared is this process's own. Only networks that hold something are
/// remembered.
package final class Shares: Sendable {
  package enum Resource: Int, Sendable, CaseIterable {
    case connections
    /// Requests being answered: those whose body is in.
    case requests
    /// Memory for bodies that arrive or are being read, in bytes.
    case bodies

    /// The total.
    package var all: Int {
      switch self {
      case .connections: Limits.connections
      case .requests: Limits.requests
      case .bodies: Limits.bodies
      }
    }

    /// What one network may hold of it.
    package var share: Int {
      switch self {
      case .connections: Limits.connectionsPerNetwork
      case .requests: Limits.requestsPerNetwork
      case .bodies: Limits.bodiesPerNetwork
      }
    }
  }

  /// Why there is no more.
  package enum Shortage: Error, Sendable { case share, all }

  private struct Holdings {
    var amounts = [Int](repeating: 0, count: Resource.allCases.count)
    /// When the log was last told that this is all used up.
    var toldAt: ContinuousClock.Instant?
    var isEmpty: Bool { amounts.allSatisfy { $0 == 0 } }
  }

  private struct State {
    var all = Holdings()
    var networks: [String: Holdings] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// - Parameter network: see `IPAddress.network(of:)`; nil if no share applies.
  package func take(_ resource: Resource, _ amount: Int = 1, for network: String?) throws(Shortage) {
    let shortage = state.withLock { state -> Shortage? in
      let index = resource.rawValue
      guard state.all.amounts[index] + amount <= resource.all else { return .all }
      if let network {
        var held = state.networks[network] ?? Holdings()
        guard held.amounts[index] + amount <= resource.share else { return .share }
        held.amounts[index] += amount
        state.networks[network] = held
      }
      state.all.amounts[index] += amount
      return nil
    }
    if let shortage { throw shortage }
  }

  package func give(_ resource: Resource, _ amount: Int = 1, for network: String?) {
    state.withLock { state in
      let index = resource.rawValue
      state.all.amounts[index] -= amount
      guard let network, var held = state.networks[network] else { return }
      held.amounts[index] -= amount
      state.networks[network] = held.isEmpty ? nil : held
    }
  }

  /// Whether the log should hear that a network has its share: once a minute.
  func isNews(of network: String?) -> Bool {
    state.withLock { state in
      guard let network, let held = state.networks[network] else { return true }
      if let told = held.toldAt, told + .seconds(60) > .now { return false }
      state.networks[network]?.toldAt = .now
      return true
    }
  }

  /// Holds an amount for as long as the work takes.
  /// - Throws: ``Refusal``: 429 if the caller's network already holds its share, 503 if nothing is left for anyone.
  package func hold<Result>(
    _ resource: Resource, _ amount: Int = 1, for network: String?, _ work: () async throws -> Result
  ) async throws -> Result {
    do {
      try take(resource, amount, for: network)
    } catch {
      throw error == .share ? Refusal.shareUsedUp : Refusal.overloaded
    }
    defer { give(resource, amount, for: network) }
    return try await work()
  }

  /// How many networks hold anything.
  package var networks: Int { state.withLock { $0.networks.count } }
}

/// Whose share a connection or request counts against, and whose word about it is believed.
package final class Neighbourhood: Sendable {
  private struct Notes {
    var said: Set<TrustedProxies.Disbelief> = []
    var unbelieved: Set<String> = []
  }

  private let proxies: TrustedProxies
  private let notes = Mutex(Notes())

  package init(_ proxies: TrustedProxies) { self.proxies = proxies }

  /// Who a request comes from.
  package struct Origin: Sendable {
    /// After the rules for trusted proxies.
    package let address: String
    /// Nil if no share applies: this machine, a proxy on its own behalf, and an untrusted proxy nearby, since everybody
    /// behind it would have to share one.
    package let network: String?
    /// False behind an untrusted proxy: then every request comes from its address.
    package let tellsPeopleApart: Bool
    /// What the operator should be told, the first time.
    package let disbelief: TrustedProxies.Disbelief?
  }

  package func origin(peer: String, forwardedFor: [String]) -> Origin {
    let address = proxies.clientAddress(peer: peer, forwardedFor: forwardedFor)
    let disbelief = proxies.disbelief(peer: peer, forwardedFor: forwardedFor)
    if disbelief == .nearbyProxy { note(peer) }
    let connected = IPAddress(peer)
    let isFree = disbelief == .nearbyProxy || (isOwn(connected) && address == connected?.description ?? peer)
    return Origin(
      address: address, network: isFree ? nil : IPAddress.network(of: address),
      tellsPeopleApart: disbelief != .nearbyProxy,
      disbelief: disbelief.flatMap { disbelief in
        notes.withLock { $0.said.insert(disbelief).inserted } ? disbelief : nil
      })
  }

  /// Whose share a connection counts against; nil if none applies.
  package func network(peer: String?) -> String? {
    guard let peer, !isOwn(IPAddress(peer)), !notes.withLock({ $0.unbelieved.contains(peer) }) else { return nil }
    return IPAddress.network(of: peer)
  }

  /// Proxies nearby that say for whom they forward and are not trusted.
  package var unbelievedProxies: [String] { notes.withLock { $0.unbelieved.sorted() } }

  /// This machine, or a trusted proxy.
  private func isOwn(_ peer: IPAddress?) -> Bool { peer.map { $0.isLoopback || proxies.trusts($0) } ?? true }

  private func note(_ peer: String) {
    notes.withLock { notes in
      guard notes.unbelieved.count < Limits.unbelievedProxies else { return }
      notes.unbelieved.insert(peer)
    }
  }
}
