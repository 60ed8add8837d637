internal import Crypto
import Encodings
public import Foundation
public import OIDCFacts

extension StoredSecret {
  /// The algorithms that we hash with ourselves.
  public enum OwnAlgorithm: Sendable, Hashable, CaseIterable {
    case sha256
    case hmacSHA256

    /// As it is stored.
    public var stored: Algorithm {
      switch self {
      case .sha256: .sha256
      case .hmacSHA256: .hmacSHA256
      }
    }
  }

  /// The hash to store for a secret.
  /// - Parameter hashKey: the service's hash key; used by `.hmacSHA256` only.
  public static func hash(_ secret: String, _ algorithm: OwnAlgorithm = .sha256, hashKey: [UInt8] = []) -> [UInt8] {
    let bytes = Data(secret.utf8)
    return switch algorithm {
    case .sha256: Array(SHA256.hash(data: bytes))
    case .hmacSHA256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: hashKey)))
    }
  }
}

/// A client that proved who it is, or had nothing to prove. Only `PresentedCredentials.authenticated` makes one.
public struct AuthenticatedClient: Sendable, Hashable {
  public let id: String
  public let method: ClientAuthenticationMethod
  /// Which secret it was; nil for a public client.
  public let secretID: String?

  /// How it proved itself, to be compared when it asks again for a lost response: its secret, wherever in the request
  /// it was, or nothing.
  public var proof: String { secretID.map { "secret \($0)" } ?? "none" }

  fileprivate init(id: String, method: ClientAuthenticationMethod, secretID: String?) {
    self.id = id
    self.method = method
    self.secretID = secretID
  }
}

extension PresentedCredentials {
  /// RFC 6749 §2.3, §3.2.1. Every stored secret is compared, whichever matches, and a client that does not exist costs
  /// as much as one with a secret of ours. Only a client with an imported secret that was never used here takes longer
  /// to refuse (see `slowCandidates`): that a client exists is no secret, the authorization endpoint tells anyone.
  ///
  /// A public client has nothing to prove: a secret that it sends anyway (some apps insist on one) is ignored.
  /// - Parameters:
  ///   - client: the client with the id presented; nil when there is none.
  ///   - slowMatch: the id of the one of `slowCandidates` that the secret matches.
  /// - Throws: `invalid_client`, in the same words whatever was wrong.
  public func authenticated(
    by client: ClientCredentials?, hashKey: [UInt8] = [], slowMatch: String? = nil, now: Date
  ) throws(OAuthError) -> AuthenticatedClient {
    let known = known(client)
    if let known, known.isPublic { return AuthenticatedClient(id: known.id, method: .none, secretID: nil) }
    let match =
      fastMatch(known, hashKey, now) ?? living(known, now).first { $0.algorithm == .bcrypt && $0.id == slowMatch }
    guard let known, secret != nil, let match else {
      throw OAuthError.wrongClient
    }
    return AuthenticatedClient(id: known.id, method: method, secretID: match.id)
  }

  /// The stored secrets that are still to be compared with the presented one, at a cost that has to be bounded: none
  /// where another fits already, and none that a client of ours ever made.
  public func slowCandidates(of client: ClientCredentials?, hashKey: [UInt8] = [], now: Date) -> [StoredSecret] {
    guard let known = known(client), !known.isPublic, secret != nil else { return [] }
    let slow = living(known, now).filter { $0.algorithm == .bcrypt }
    return slow.isEmpty || fastMatch(known, hashKey, now) != nil ? [] : slow
  }

  private func known(_ client: ClientCredentials?) -> ClientCredentials? {
    // Compared by bytes: Swift's == takes canonically equivalent strings for equal.
    client.flatMap { $0.id.utf8.elementsEqual(clientID.utf8) ? $0 : nil }
  }

  private func living(_ client: ClientCredentials?, _ now: Date) -> [StoredSecret] {
    (client?.secrets ?? []).filter { $0.expiresAt.map { now < $0 } ?? true }
  }

  private func fastMatch(_ client: ClientCredentials?, _ hashKey: [UInt8], _ now: Date) -> StoredSecret? {
    let presented = secret ?? ""
    let hashes = StoredSecret.OwnAlgorithm.allCases.map { algorithm in
      (algorithm.stored, StoredSecret.hash(presented, algorithm, hashKey: hashKey))
    }
    var match: StoredSecret?
    for stored in living(client, now) {
      for (algorithm, hash) in hashes where algorithm == stored.algorithm {
        if ConstantTime.equal(hash, stored.hash) { match = stored }
      }
    }
    return match
  }
}
