public import Encodings
public import Foundation

/// The payload of a logout token (OpenID Connect Back-Channel Logout 1.0 §2.4): what tells an app's server that a
/// session is over.
public enum LogoutToken {
  /// The JWS header's `typ` (§2.4): no other token of ours can be mistaken for one, nor one for another.
  public static let headerType = "logout+jwt"
  /// Seconds; §2.4 recommends two minutes at most. Every attempt signs a new one.
  public static let lifetime: TimeInterval = 120
  /// The member of `events` that makes it a logout token.
  public static let event = "http://schemas.openid.net/event/backchannel-logout"

  /// Both `sub` and `sid`, so that an app that stores no `sid` finds the user's sessions. Never a `nonce` (§2.4), which
  /// would let it pass for an ID token where `typ` is not checked.
  public static func payload(
    issuer: String, clientID: String, userID: String, sessionID: String, tokenID: String, now: Date
  ) -> [String: JSONValue] {
    [
      "iss": .string(issuer),
      "aud": .string(clientID),
      "iat": JSONValue(secondsOf: now),
      "exp": JSONValue(secondsOf: now.addingTimeInterval(lifetime)),
      "jti": .string(tokenID),
      "sub": .string(userID),
      "sid": .string(sessionID),
      "events": .object([event: .object([:])]),
    ]
  }
}
