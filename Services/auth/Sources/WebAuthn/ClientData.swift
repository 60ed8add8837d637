import Encodings

/// Client data (§5.8.1) as received: what the browser says it did, and for whom.
///
/// Unknown members are tolerated, as the specification asks; known ones must have their type.
package struct CollectedClientData: Sendable {
  let type: String
  let challenge: String
  let origin: String
  let crossOrigin: Bool
  let topOrigin: String?

  package init(_ bytes: [UInt8]) throws(Refusal) {
    guard bytes.count <= Limit.clientData else { throw .clientDataTooLarge }
    // Registration step 5, authentication step 8: UTF-8 decode, which strips a byte order mark. The algorithm
    // named there would replace invalid bytes; no browser writes them, so they are refused.
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    guard String(validating: text, as: UTF8.self) != nil else { throw .clientDataNotUTF8 }
    // Registration step 6, authentication step 9: parse as JSON.
    guard let json = try? JSONValue(json: text, Limit.json), json.isObject else { throw .clientDataMalformed }
    guard let type = json["type"]?.string, let challenge = json["challenge"]?.string,
      let origin = json["origin"]?.string
    else { throw .clientDataMemberInvalid }
    self.type = type
    self.challenge = challenge
    self.origin = origin
    switch json["crossOrigin"] {
    case nil: crossOrigin = false
    case .bool(let value)?: crossOrigin = value
    default: throw .clientDataMemberInvalid
    }
    switch json["topOrigin"] {
    case nil: topOrigin = nil
    case .string(let value)?: topOrigin = value
    default: throw .clientDataMemberInvalid
    }
  }
}
