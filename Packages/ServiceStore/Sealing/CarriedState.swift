public import Crypto
import Encodings
package import Foundation
import LatchkeyProtocol
public import ServiceKit

/// Why state that came back from a browser is not accepted.
public enum CarriedStateFailure: Error, Sendable, Equatable {
  /// Not something this service sealed for this purpose: forged, cut short, for another purpose, or under a retired
  /// key.
  case invalid
  /// Ours, but past its time.
  case expired
}

/// State of an unfinished ceremony, sealed and carried by the browser, so that nothing is written for a caller who has
/// proven nothing and any instance can finish what another began.
///
/// It can be replayed until it expires: single use comes from recording, at the finish, what it contains (a challenge's
/// hash).
public struct CarriedState: Sendable {
  private let sealer: Sealer
  private let clock: any WallClock

  /// - Parameter key: the service's `carried` key.
  public init(key: SymmetricKey, clock: any WallClock, randomness: any Randomness = SystemRandomness()) {
    sealer = Sealer(current: key, randomness: randomness)
    self.clock = clock
  }

  /// Text of base64url characters, fit for a cookie (which holds about 4,000 of them).
  ///
  /// - Parameters:
  ///   - purpose: what it may be used for; part of the seal, and never text from outside.
  ///   - lifetime: from now.
  public func seal<Value: Encodable>(_ value: Value, purpose: String, lifetime: Duration) throws -> String {
    let expiry = clock.now().timeIntervalSince1970 + lifetime.inSeconds
    let content = try MessagePack.encode(Envelope(expires: expiry, value: value))
    return Base64URL.encode(try sealer.seal(content, context: Self.context(purpose)))
  }

  /// The value that was sealed for this purpose and has not expired.
  public func open<Value: Decodable>(
    _ type: Value.Type, from text: String, purpose: String
  ) throws(CarriedStateFailure) -> Value {
    guard let sealed = Base64URL.decode(text), let content = try? sealer.open(sealed, context: Self.context(purpose)),
      let envelope = try? MessagePack.decode(Envelope<Value>.self, from: content)
    else { throw .invalid }
    guard clock.now().timeIntervalSince1970 < envelope.expires else { throw .expired }
    return envelope.value
  }

  private static func context(_ purpose: String) -> String { "carried-state/\(purpose)" }

}

/// When it expires, in seconds since 1970, and what is carried.
private struct Envelope<Value> {
  let expires: TimeInterval
  let value: Value
}

extension Envelope: Encodable where Value: Encodable {}
extension Envelope: Decodable where Value: Decodable {}

extension Duration {
  /// The duration as seconds, with fractions.
  package var inSeconds: TimeInterval {
    TimeInterval(components.seconds) + TimeInterval(components.attoseconds) * 1e-18
  }
}
