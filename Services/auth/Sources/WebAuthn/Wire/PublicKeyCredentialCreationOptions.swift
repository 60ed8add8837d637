import Encodings

/// PublicKeyCredentialCreationOptionsJSON (§5.4): what a browser is asked to make.
///
/// A passkey is always discoverable (`residentKey: required`), attestation is not asked for, and exactly the algorithms
/// that we can verify are offered.
public struct PublicKeyCredentialCreationOptions: Sendable {
  /// Where the authenticator has to be (§5.4.5).
  public enum Attachment: String, Codable, Hashable, Sendable {
    case platform
    case crossPlatform = "cross-platform"
  }

  /// How long the browser may take, in milliseconds.
  public static let timeout = 60_000

  public let challenge: Challenge
  public let relyingPartyID: String
  /// The name of this provider, as its administrator chose it.
  public let relyingPartyName: String
  public let user: UserHandle
  /// The user's name, by which they tell accounts apart.
  public let userName: String
  public let displayName: String
  public var userVerification = UserVerification.required
  /// nil lets the user choose.
  public var attachment: Attachment?
  /// The user's own credentials: an authenticator that holds one of them does not make a second.
  public var excluded: [PublicKeyCredentialDescriptor] = []
  /// Words of §5.8.7 (`security-key`, `client-device`, `hybrid`), preferred first.
  public var hints: [String] = []

  public init(
    challenge: Challenge, relyingPartyID: String, relyingPartyName: String, user: UserHandle, userName: String,
    displayName: String
  ) {
    self.challenge = challenge
    self.relyingPartyID = relyingPartyID
    self.relyingPartyName = relyingPartyName
    self.user = user
    self.userName = userName
    self.displayName = displayName
  }

  /// The options as `PublicKeyCredential.parseCreationOptionsFromJSON()` reads them.
  public var json: String {
    var selection: [String: JSONValue] = [
      "residentKey": "required", "requireResidentKey": true, "userVerification": .string(userVerification.rawValue),
    ]
    selection["authenticatorAttachment"] = attachment.map { .string($0.rawValue) }
    let algorithms = Algorithm.offered.map { algorithm -> JSONValue in
      ["type": "public-key", "alg": .integer(Int64(algorithm.rawValue))]
    }
    var members: [String: JSONValue] = [
      "rp": ["id": .string(relyingPartyID), "name": .string(relyingPartyName)],
      "user": [
        "id": .string(Base64URL.encode(user.bytes)), "name": .string(userName), "displayName": .string(displayName),
      ],
      "challenge": .string(Base64URL.encode(challenge.bytes)),
      "pubKeyCredParams": .array(algorithms),
      "timeout": .integer(Int64(Self.timeout)),
      "excludeCredentials": .array(excluded.map(\.json)),
      "authenticatorSelection": .object(selection),
      "attestation": "none",
      "extensions": ["credProps": true],
    ]
    if !hints.isEmpty { members["hints"] = JSONValue(hints) }
    return JSONValue.object(members).jsonText(escaping: .markup)
  }
}
