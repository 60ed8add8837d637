import Encodings

/// What RegistrationResponseJSON and AuthenticationResponseJSON have in common (§5.1 `toJSON()`): a bounded reading of
/// members. Members we do not know are tolerated; those we know must have their type.
struct ResponseReader {
  /// The credential's id, from `rawId`.
  let id: [UInt8]
  let response: JSONValue
  private let root: JSONValue

  init(_ text: [UInt8]) throws(Refusal) {
    guard text.count <= Limit.response else { throw .responseTooLarge }
    guard let root = try? JSONValue(json: text, Limit.json), root.isObject else { throw .responseMalformed }
    self.root = root
    guard let type = root["type"]?.string, let response = root["response"], response.isObject else {
      throw .responseMemberInvalid
    }
    self.response = response
    guard type.isExactly("public-key") else { throw .credentialTypeUnsupported }
    let rawID = try Self.bytes("rawId", of: root, atMost: Limit.response)
    // §5.1: id is rawId in base64url. We decode strictly, so equal texts are equal bytes.
    guard let id = root["id"]?.string else { throw .responseMemberInvalid }
    guard id.isExactly(Base64URL.encode(rawID)) else { throw .credentialIDInconsistent }
    self.id = rawID
    // R4, A4: the client's extension outputs are an object, if sent at all.
    let outputs = root["clientExtensionResults"] ?? .null
    guard outputs.isObject || outputs.isNull else { throw .responseMemberInvalid }
  }

  /// The bytes of a required base64url member of `response`; `excess` is the reason if there are too many.
  func bytes(
    _ name: String, atMost limit: Int, else excess: Refusal = .responseTooLarge
  ) throws(Refusal) -> [UInt8] {
    try Self.bytes(name, of: response, atMost: limit, else: excess)
  }

  /// The same for a member that may be missing or null.
  func optionalBytes(_ name: String, atMost limit: Int) throws(Refusal) -> [UInt8]? {
    switch response[name] {
    case nil, .null?: nil
    default: try bytes(name, atMost: limit)
    }
  }

  /// `platform` or `cross-platform`; other values count as none (§5.1).
  var attachment: String? {
    root["authenticatorAttachment"]?.string.flatMap { ["platform", "cross-platform"].contains($0) ? $0 : nil }
  }

  /// `credProps.rk` (§10.1.3).
  var discoverable: Bool? {
    root["clientExtensionResults"]?["credProps"]?["rk"]?.bool
  }

  private static func bytes(
    _ name: String, of object: JSONValue, atMost limit: Int, else excess: Refusal = .responseTooLarge
  ) throws(Refusal) -> [UInt8] {
    guard let text = object[name]?.string else { throw .responseMemberInvalid }
    guard text.utf8.count <= (limit * 4 + 2) / 3 else { throw excess }
    guard let bytes = Base64URL.decode(text) else { throw .base64URLInvalid }
    return bytes
  }
}
