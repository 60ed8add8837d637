import Encodings

/// A credential as options list it (§5.8.3), to exclude or to allow it.
public struct PublicKeyCredentialDescriptor: Hashable, Sendable {
  public let id: [UInt8]
  public let transports: [String]

  public init(id: [UInt8], transports: [String] = []) {
    self.id = id
    self.transports = transports
  }

  var json: JSONValue {
    var members: [String: JSONValue] = ["type": "public-key", "id": .string(Base64URL.encode(id))]
    // The browser uses them to ask only where the credential can be.
    if !transports.isEmpty { members["transports"] = JSONValue(transports) }
    return .object(members)
  }
}
