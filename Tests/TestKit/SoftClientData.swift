internal import Crypto
internal import Foundation

/// What the browser writes and the authenticator signs the hash of.
package struct SoftClientData: Sendable {
  package var type: String
  /// The challenge's text; base64url without padding when valid.
  package var challenge: String
  package var origin: String
  package var crossOrigin: Bool?
  package var topOrigin: String?
  /// Further members, each a name and the JSON text of its value.
  package var extra: [(name: String, json: String)] = []
  /// Names of members to leave out.
  package var omitted: Set<String> = []
  /// What the text is put between.
  package var prefix: [UInt8] = []
  package var suffix: [UInt8] = []
  /// Bytes to send instead.
  package var raw: [UInt8]?

  package init(type: String, challenge: [UInt8], origin: String) {
    self.type = type
    self.challenge = softBase64URL(challenge)
    self.origin = origin
  }

  package var bytes: [UInt8] {
    if let raw { return raw }
    var members = [("type", quoted(type)), ("challenge", quoted(challenge)), ("origin", quoted(origin))]
    members.append(("crossOrigin", crossOrigin == true ? "true" : "false"))
    if let topOrigin { members.append(("topOrigin", quoted(topOrigin))) }
    members += extra.map { ($0.name, $0.json) }
    let text = members.filter { !omitted.contains($0.0) }.map { "\(quoted($0.0)):\($0.1)" }.joined(separator: ",")
    return prefix + Array("{\(text)}".utf8) + suffix
  }

  package var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

  private func quoted(_ text: String) -> String {
    let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}

/// Base64url without padding, by way of Foundation's base64.
package func softBase64URL(_ bytes: [UInt8]) -> String {
  Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
    .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
}

/// The bytes of base64url without padding; empty where it is none.
package func softBase64URLDecode(_ text: String) -> [UInt8] {
  let standard = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
  let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
  return Data(base64Encoded: standard + padding).map(Array.init) ?? []
}
