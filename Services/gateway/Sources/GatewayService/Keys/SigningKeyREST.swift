package import Encodings
package import LatchkeyProtocol

extension JSONValue {
  package static func signingKeys(_ keys: OIDC.SigningKeys) -> JSONValue {
    ["keys": .array(keys.keys.map { .signingKey($0) }), "rotationDays": .integer(Int64(keys.rotationDays))]
  }

  private static func signingKey(_ key: OIDC.SigningKey) -> JSONValue {
    [
      "kid": .string(key.id), "alg": .string(key.algorithm), "state": .string(key.state.rawValue),
      "publishedAt": .date(key.publishedAt), "signsFrom": .date(key.signsFrom), "retiredAt": .date(key.retiredAt),
      "believedUntil": .date(key.believedUntil),
    ]
  }
}
