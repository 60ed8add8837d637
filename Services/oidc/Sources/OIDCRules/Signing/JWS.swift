public import Encodings

/// Why a JWS was rejected.
public enum JWSRefusal: Error, Sendable, Equatable {
  case tooLarge
  /// Not three parts between dots.
  case notCompact
  case malformedEncoding
  case malformedHeader
  case malformedPayload
  /// RFC 7515 §4.1.11: an extension that we would have to understand.
  case criticalExtension
  /// `none`, an unknown algorithm, or one that was not allowed here.
  case algorithmNotAllowed
  case wrongType
  /// No key of that name, or no name.
  case unknownKey
  /// The key is for another algorithm than the header says.
  case keyAlgorithmMismatch
  case badSignature
}

/// Compact JSON Web Signatures (RFC 7515 §7.1) with JSON payloads (RFC 7519).
public enum JWS {
  /// Signs claims. CPU-heavy with RSA: not for an actor or an event loop.
  /// - Parameter type: the header's `typ`.
  public static func sign(
    _ claims: [String: JSONValue], type: String, with key: SigningKey
  ) throws(KeyFailure) -> String {
    let header: JSONValue = ["alg": .string(key.algorithm.rawValue), "kid": .string(key.id), "typ": .string(type)]
    var token = Base64URL.encodedBytes(header.json)
    token.append(UInt8(ascii: "."))
    token.append(contentsOf: Base64URL.encodedBytes(JSONValue.object(claims).json))
    let signature = try key.signature(for: token)
    token.append(UInt8(ascii: "."))
    token.append(contentsOf: Base64URL.encodedBytes(signature))
    return String(decoding: token, as: UTF8.self)
  }

  /// The claims of a token with a good signature. The caller checks what they say (issuer, audience, times).
  /// - Parameters:
  ///   - type: the only `typ` accepted, without regard to case or an `application/` before it (RFC 7515 §4.1.9).
  ///   - keys: the only keys. Nothing in the token leads to another (`jwk`, `jku`, `x5c` and `x5u` are ignored).
  ///   - algorithms: the only algorithms (RFC 8725 §3.1).
  public static func verify(
    _ token: String, type: String, keys: [VerificationKey],
    algorithms: Set<SigningAlgorithm> = Set(SigningAlgorithm.allCases)
  ) throws(JWSRefusal) -> [String: JSONValue] {
    guard token.utf8.count <= Limits.token else { throw .tooLarge }
    let bytes = Array(token.utf8)
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .notCompact }
    guard let headerBytes = Base64URL.decode(parts[0]), let payloadBytes = Base64URL.decode(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { throw .malformedEncoding }

    guard let header = (try? JSONValue(json: headerBytes))?.object else { throw .malformedHeader }
    guard header["crit"] == nil else { throw .criticalExtension }
    guard let name = header["alg"]?.string, let algorithm = SigningAlgorithm(rawValue: name),
      algorithms.contains(algorithm)
    else { throw .algorithmNotAllowed }
    guard mediaType(header["typ"]?.string) == mediaType(type) else { throw .wrongType }
    guard let id = header["kid"]?.string else { throw .unknownKey }
    let named = keys.filter { $0.id == id }
    guard !named.isEmpty else { throw .unknownKey }
    // RFC 8725 §3.1: a key is for one algorithm, and the header does not get to choose another.
    guard let key = named.first(where: { $0.algorithm == algorithm }) else { throw .keyAlgorithmMismatch }

    let input = bytes.prefix(parts[0].count + 1 + parts[1].count)
    guard key.accepts(signature, for: input) else { throw .badSignature }
    guard let claims = (try? JSONValue(json: payloadBytes))?.object else { throw .malformedPayload }
    return claims
  }

  private static func mediaType(_ text: String?) -> String? {
    guard let lower = text?.lowercased() else { return nil }
    return lower.hasPrefix("application/") ? String(lower.dropFirst("application/".count)) : lower
  }
}
