/// Who we are to a browser: what every ceremony's answer is compared with.
public struct RelyingParty: Hashable, Sendable {
  /// Whether a ceremony may run in a frame of another site's page (§5.10).
  public enum Embedding: Hashable, Sendable {
    /// Never: what this provider uses.
    case refused
    /// In frames; a `topOrigin`, if the browser sends it, must be listed exactly.
    case allowed(topOrigins: Set<String>)
  }

  /// The relying party id: the host of the provider's own address, without port.
  public let id: String
  /// The origins that may run a ceremony, each in the browser's serialisation (scheme, host and a port that is not the
  /// default) and compared byte by byte: no prefix, suffix, subdomain or other spelling is derived from them.
  public let origins: Set<String>
  public let embedding: Embedding

  public init(id: String, origins: Set<String>, embedding: Embedding = .refused) {
    self.id = id
    self.origins = origins
    self.embedding = embedding
  }
}

/// How much a ceremony asks of the user beyond presence (§5.8.6).
public enum UserVerification: String, Codable, Hashable, Sendable {
  case required
  case preferred
}
