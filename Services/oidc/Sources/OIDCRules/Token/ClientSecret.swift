internal import Crypto
public import Foundation

/// A client secret as stored.
public struct StoredSecret: Sendable, Hashable {
  public enum Algorithm: String, Sendable, Hashable, Codable {
    /// For what we generated: 256 random bits need no salt and no stretching.
    case sha256
    /// For what a person chose or another product made: under the service's hash key, which a dump does not have.
    case hmacSHA256 = "hmac-sha256"
  }

  public let id: String
  public let algorithm: Algorithm
  public let hash: [UInt8]
  public let expiresAt: Date?

  public init(id: String, algorithm: Algorithm = .sha256, hash: [UInt8], expiresAt: Date? = nil) {
    self.id = id
    self.algorithm = algorithm
    self.hash = hash
    self.expiresAt = expiresAt
  }

  /// The hash to store for a secret.
  /// - Parameter hashKey: the service's hash key; used by `.hmacSHA256` only.
  public static func hash(_ secret: String, _ algorithm: Algorithm = .sha256, hashKey: [UInt8] = []) -> [UInt8] {
    let bytes = Data(secret.utf8)
    return switch algorithm {
    case .sha256: Array(SHA256.hash(data: bytes))
    case .hmacSHA256: Array(HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: hashKey)))
    }
  }
}

/// A client as far as its authentication goes.
public struct ClientCredentials: Sendable, Hashable {
  public let id: String
  public let isPublic: Bool
  public let secrets: [StoredSecret]

  public init(id: String, isPublic: Bool, secrets: [StoredSecret]) {
    self.id = id
    self.isPublic = isPublic
    self.secrets = secrets
  }
}

/// A client that proved who it is, or had nothing to prove. Only `PresentedCredentials.authenticated` makes one.
public struct AuthenticatedClient: Sendable, Hashable {
  public let id: String
  public let method: ClientAuthenticationMethod
  /// Which secret it was; nil for a public client.
  public let secretID: String?

  fileprivate init(id: String, method: ClientAuthenticationMethod, secretID: String?) {
    self.id = id
    self.method = method
    self.secretID = secretID
  }
}

extension PresentedCredentials {
  /// RFC 6749 §2.3, §3.2.1. Every stored secret is compared, whichever fits, and a client that does not exist costs what
  /// one with a secret does.
  ///
  /// A public client has nothing to prove: a secret that it sends all the same (some apps insist on one) is ignored.
  /// - Parameter client: the client with the id presented; nil when there is none.
  /// - Throws: `invalid_client`, in the same words whatever was wrong.
  public func authenticated(
    by client: ClientCredentials?, hashKey: [UInt8] = [], now: Date
  ) throws(OAuthError) -> AuthenticatedClient {
    let known = client.flatMap { $0.id.utf8.elementsEqual(clientID.utf8) ? $0 : nil }
    if let known, known.isPublic { return AuthenticatedClient(id: known.id, method: .none, secretID: nil) }

    let presented = secret ?? ""
    let hashes: [StoredSecret.Algorithm: [UInt8]] = [
      .sha256: StoredSecret.hash(presented, .sha256),
      .hmacSHA256: StoredSecret.hash(presented, .hmacSHA256, hashKey: hashKey),
    ]
    var match: StoredSecret?
    for stored in known?.secrets ?? [] {
      let fits = ConstantTime.equal(hashes[stored.algorithm] ?? [], stored.hash)
      let lives = stored.expiresAt.map { now < $0 } ?? true
      if fits, lives { match = stored }
    }
    guard let known, secret != nil, let match else {
      throw OAuthError(.invalidClient, "The client is unknown, or its secret is wrong, expired or missing.")
    }
    return AuthenticatedClient(id: known.id, method: method, secretID: match.id)
  }
}
