import Encodings
import ServiceKit

/// How often one address may do something: Pocket ID's figures. A bucket holds `burst` tokens and fills at `rate`.
package struct RateLimitPolicy: Sendable, Hashable {
  /// What it counts.
  package enum Subject: Sendable, Hashable {
    /// Every request.
    case requests
    /// Wrong guesses at something short: a right guess gets the token back.
    case guesses
    /// The same for what cannot be guessed. It only saves work, so it must not lock out people who come through a proxy
    /// that gives them all one address.
    case assertions
  }

  package let name: String
  package let subject: Subject
  /// Tokens per second.
  package let rate: Double
  package let burst: Double

  package init(
    _ name: String, _ count: Double, every seconds: Double, burst: Double, of subject: Subject = .requests
  ) {
    self.name = name
    self.subject = subject
    rate = count / seconds
    self.burst = burst
  }

  package static let general = RateLimitPolicy("api", 100, every: 1, burst: 300)
  package static let setup = RateLimitPolicy("setup", 2, every: 60, burst: 10)
  package static let signUp = RateLimitPolicy("signup", 2, every: 60, burst: 10)
  package static let signIn = RateLimitPolicy("webauthn-login", 1, every: 5, burst: 10, of: .assertions)
  package static let proof = RateLimitPolicy("reauthentication", 1, every: 10, burst: 5, of: .assertions)
  package static let oneTimeCode = RateLimitPolicy("one-time-token", 1, every: 10, burst: 5, of: .guesses)
  package static let oneTimeEmail = RateLimitPolicy("one-time-email", 2, every: 600, burst: 5)
}

/// Token buckets per policy and address, in this process's memory: each gateway counts floods for itself, attempts on
/// an account are counted in Postgres.
///
/// The number of buckets is bounded. A full bucket carries no information and is forgotten first; if none is full, the
/// least recently used ones go, so a flood from very many addresses costs memory only up to the bound.
package actor RateLimiter {
  private struct Key: Hashable {
    let policy: RateLimitPolicy
    let address: String
  }

  private struct Bucket {
    var tokens: Double
    var updated: ContinuousClock.Instant
  }

  private var buckets: [Key: Bucket] = [:]
  private let capacity: Int

  package init(capacity: Int = Limits.floodEntries) { self.capacity = capacity }

  package var count: Int { buckets.count }

  /// Takes a token from every policy's bucket.
  ///
  /// - Returns: nil if it may pass, else the whole seconds after which it may try again.
  package func pass(
    _ policies: [RateLimitPolicy], _ address: String, now: ContinuousClock.Instant = .now
  ) -> Int? {
    let address = Self.network(address)
    var wait = 0.0
    for policy in policies {
      let key = Key(policy: policy, address: address)
      if buckets[key] == nil, buckets.count >= capacity { makeRoom(now) }
      var bucket = buckets[key] ?? Bucket(tokens: policy.burst, updated: now)
      bucket.tokens = Self.tokens(bucket, policy, now)
      bucket.updated = now
      if bucket.tokens >= 1 { bucket.tokens -= 1 } else { wait = max(wait, (1 - bucket.tokens) / policy.rate) }
      buckets[key] = bucket
    }
    return wait > 0 ? max(1, Int(wait.rounded(.up))) : nil
  }

  /// Gives a token back to every bucket: it was not a flood but the user.
  package func giveBack(_ policies: [RateLimitPolicy], _ address: String) {
    let address = Self.network(address)
    for policy in policies {
      let key = Key(policy: policy, address: address)
      guard let tokens = buckets[key]?.tokens else { continue }
      buckets[key]?.tokens = min(policy.burst, tokens + 1)
    }
  }

  private static func tokens(_ bucket: Bucket, _ policy: RateLimitPolicy, _ now: ContinuousClock.Instant) -> Double {
    let passed = bucket.updated.duration(to: now) / .seconds(1)
    return min(policy.burst, bucket.tokens + max(0, passed) * policy.rate)
  }

  private func makeRoom(_ now: ContinuousClock.Instant) {
    buckets = buckets.filter { Self.tokens($0.value, $0.key.policy, now) < $0.key.policy.burst }
    guard buckets.count >= capacity else { return }
    let ages = buckets.values.map(\.updated).sorted()
    let oldest = ages[ages.count / 8]
    buckets = buckets.filter { $0.value.updated > oldest }
  }

  /// An IPv6 customer can send from a whole /64; counting single addresses would count nothing.
  package static func network(_ address: String) -> String {
    IPAddress.network(of: address)
  }
}
