internal import Crypto
import Encodings
internal import Foundation

/// Proof Key for Code Exchange (RFC 7636), S256 only.
public enum PKCE {
  /// The value of `code_challenge_methods_supported`.
  public static let methods = ["S256"]

  /// A challenge of the right form: the SHA-256 of a verifier.
  public struct Challenge: Sendable, Hashable {
    /// 43 characters of base64url.
    public let text: String
    fileprivate let digest: [UInt8]

    /// Nil unless it is base64url of exactly 32 bytes in its canonical spelling (RFC 7636 §4.2).
    public init?(_ text: String) {
      guard text.utf8.count == 43, let digest = Base64URL.decode(text), digest.count == 32 else { return nil }
      self.text = text
      self.digest = digest
    }

    /// Whether a verifier belongs to this challenge (RFC 7636 §4.6), in time that does not depend on where they differ.
    public func accepts(_ verifier: Verifier) -> Bool {
      ConstantTime.equal(Array(SHA256.hash(data: Data(verifier.text.utf8))), digest)
    }
  }

  /// A verifier of the right form. Prints as nothing.
  public struct Verifier: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    fileprivate let text: String

    /// RFC 7636 §4.1: 43 to 128 unreserved characters.
    public init?(_ text: String) {
      guard (43...128).contains(text.utf8.count), text.utf8.allSatisfy(Percent.isUnreserved) else { return nil }
      self.text = text
    }

    public var description: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
  }

  /// The challenge of an authorization request (RFC 7636 §4.3).
  /// - Throws: `invalid_request`, in words that tell the app's administrator what to set.
  static func challenge(_ text: String?, method: String?, required: Bool) throws(OAuthError) -> Challenge? {
    guard let text else {
      guard method == nil else {
        throw OAuthError(.invalidRequest, "The parameter 'code_challenge' is missing beside 'code_challenge_method'.")
      }
      guard !required else {
        throw OAuthError(
          .invalidRequest, "This client has to use PKCE: send a code_challenge with code_challenge_method=S256.")
      }
      return nil
    }
    // RFC 7636 §4.3: without a method, "plain" is meant. RFC 9700 §2.1.1: the challenge must not reveal the verifier.
    guard method != nil, method != "plain" else {
      throw OAuthError(
        .invalidRequest, "PKCE with the method 'plain' is not supported: send code_challenge_method=S256.")
    }
    guard method == "S256" else {
      throw OAuthError(.invalidRequest, "The PKCE method is not supported: send code_challenge_method=S256.")
    }
    guard let challenge = Challenge(text) else {
      throw OAuthError(
        .invalidRequest, "The code_challenge is not a SHA-256 in base64url (43 characters without padding).")
    }
    return challenge
  }

  /// Checks the verifier of a token request against what the code was issued for (RFC 7636 §4.6).
  /// - Throws: `invalid_grant`, also for a verifier without a challenge (RFC 9700 §4.8.2: the downgrade) and for a
  ///   challenge without a verifier; `invalid_request` for a verifier that no challenge could have.
  static func verify(_ verifier: String?, against challenge: Challenge?) throws(OAuthError) {
    switch (verifier, challenge) {
    case (nil, nil): return
    case (.some, nil):
      throw OAuthError(
        .invalidGrant, "A code_verifier was sent, but the authorization request had no code_challenge.")
    case (nil, .some):
      throw OAuthError(.invalidGrant, "The code_verifier is missing: the authorization request had a code_challenge.")
    case (.some(let text), .some(let challenge)):
      guard let verifier = Verifier(text) else {
        throw OAuthError(.invalidRequest, "The code_verifier is not 43 to 128 unreserved characters.")
      }
      guard challenge.accepts(verifier) else {
        throw OAuthError(.invalidGrant, "The code_verifier does not belong to the code_challenge.")
      }
    }
  }
}
