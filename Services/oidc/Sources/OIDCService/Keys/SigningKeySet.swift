import Foundation
import OIDCRules

/// What a request needs of the signing keys, at one moment.
struct SigningKeySet: Sendable {
  private let current: [SigningAlgorithm: SigningKey]
  /// Every key that may have signed something still valid: those that sign, those that will, and those that did. This
  /// set is published, and tokens of ours are verified with it.
  let verifying: [VerificationKey]
  /// The same plus expired keys: what they signed is no longer a token, but as a hint it still names a user
  /// (`IDTokenHint`).
  let hinting: [VerificationKey]

  init(current: [SigningKey], verifying: [VerificationKey], remembered: [VerificationKey]) {
    self.current = Dictionary(current.map { ($0.algorithm, $0) }, uniquingKeysWith: { first, _ in first })
    self.verifying = verifying
    hinting = verifying + remembered
  }

  /// The key that signs now with an algorithm, such as the one that a client asks for in `id_token_alg`:
  ///
  ///     let keys = await keyRing.current
  ///     let token = try JWS.sign(claims, type: IDToken.headerType, with: keys.signing(.rs256))
  ///
  /// Take the set once per request: all that one answer holds is then signed at one moment.
  ///
  /// - Throws: ``KeyRingFailure/noKey``, for the moment between an emergency removal and its replacement.
  func signing(_ algorithm: SigningAlgorithm) throws(KeyRingFailure) -> SigningKey {
    guard let key = current[algorithm] else { throw .noKey(algorithm) }
    return key
  }

  /// The same by the algorithm's name, as a client's row has it; a name that this build does not know means RS256, the
  /// one that every relying party must support (OpenID Connect Core §15.1).
  func signing(named name: String) throws(KeyRingFailure) -> SigningKey {
    try signing(SigningAlgorithm(rawValue: name) ?? .rs256)
  }
}

enum KeyRingFailure: Error, CustomStringConvertible {
  case noKey(SigningAlgorithm)
  case noDataKey

  var description: String {
    switch self {
    case .noKey(let algorithm): "there is no \(algorithm.rawValue) key to sign with now"
    case .noDataKey: "the data key could not be made: is this service's database role allowed to write?"
    }
  }
}
