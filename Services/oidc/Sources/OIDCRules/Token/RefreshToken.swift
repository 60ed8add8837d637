import Encodings
import Foundation
/// A refresh token as text: a prefix by which secret scanners recognise it, and 256 bits.
public enum RefreshToken {
  static let prefix = "lkr_"

  /// - Parameter bytes: 32, derived from what the token was issued for.
  public static func text(_ bytes: [UInt8]) -> String { prefix + Base64URL.encode(bytes) }

  /// Whether a token may be one of ours: otherwise it can only be an access token.
  public static func isOne(_ text: String) -> Bool { text.hasPrefix(prefix) }
}

/// A refresh that may be answered. Only `RefreshTokenGrant.renewable` makes one.
public struct RenewableGrant: Sendable, Hashable {
  public let client: AuthenticatedClient
  /// The access token's scopes: what was granted, or less if the request asks for less.
  public let scopes: [String]
  /// The token was used before and its answer may be given again: nothing is written.
  public let isRepeat: Bool
}
