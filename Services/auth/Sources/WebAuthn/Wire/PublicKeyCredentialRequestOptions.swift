import Encodings

/// PublicKeyCredentialRequestOptionsJSON (§5.5): what a browser is asked to prove.
public struct PublicKeyCredentialRequestOptions: Sendable {
  /// How long the browser may take, in milliseconds.
  public static let timeout = 60_000

  public let challenge: Challenge
  public let relyingPartyID: String
  public var userVerification = UserVerification.required
  /// Empty asks for a discoverable credential, of any user.
  public var allowed: [PublicKeyCredentialDescriptor] = []
  /// Words of §5.8.7, preferred first.
  public var hints: [String] = []

  public init(challenge: Challenge, relyingPartyID: String) {
    self.challenge = challenge
    self.relyingPartyID = relyingPartyID
  }

  /// The options as `PublicKeyCredential.parseRequestOptionsFromJSON()` reads them.
  public var json: String {
    var members: [String: JSONValue] = [
      "challenge": .string(Base64URL.encode(challenge.bytes)), "timeout": .integer(Int64(Self.timeout)),
      "rpId": .string(relyingPartyID), "allowCredentials": .array(allowed.map(\.json)),
      "userVerification": .string(userVerification.rawValue),
    ]
    if !hints.isEmpty { members["hints"] = JSONValue(hints) }
    return JSONValue.object(members).jsonText(escaping: .markup)
  }
}
