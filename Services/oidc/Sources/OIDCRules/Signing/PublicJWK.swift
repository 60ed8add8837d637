public import Encodings

/// A public key as JWKS publishes it (RFC 7517): `kty`, `kid`, `use`, `alg` and the key's own members.
public struct PublicJWK: Sendable, Hashable {
  /// The `kid`.
  public let id: String
  public let algorithm: SigningAlgorithm
  /// `kty` and the key's public members as text.
  public let parameters: [String: String]

  init(id: String, algorithm: SigningAlgorithm, parameters: [String: String]) {
    self.id = id
    self.algorithm = algorithm
    self.parameters = parameters
  }

  public var value: JSONValue {
    var members = parameters.mapValues(JSONValue.string)
    members["kid"] = .string(id)
    members["use"] = "sig"
    members["alg"] = .string(algorithm.rawValue)
    return .object(members)
  }

  /// Reads one key. Nil when it has no `kid`, an algorithm that we do not verify, a use other than signing, or a
  /// private member: a published secret is not a key.
  public init?(_ value: JSONValue) {
    guard let members = value.object, let id = members["kid"]?.string, !id.isEmpty,
      let algorithm = members["alg"]?.string.flatMap(SigningAlgorithm.init(rawValue:)),
      members["use"] == nil || members["use"]?.string == "sig"
    else { return nil }
    guard ["d", "p", "q", "dp", "dq", "qi", "oth", "k"].allSatisfy({ members[$0] == nil }) else { return nil }
    self.init(
      id: id, algorithm: algorithm,
      parameters: members.filter { ["kty", "n", "e", "crv", "x", "y"].contains($0.key) }.compactMapValues(\.string))
  }

  /// A key set (RFC 7517 §5), in the order given.
  public static func set(_ keys: [PublicJWK]) -> JSONValue { ["keys": .array(keys.map(\.value))] }
}
