import Encodings
public import Foundation

/// The `jti` of an access token. A user token's leads to the authorization that it depends on; that of a client's own
/// token leads nowhere, since nothing is stored for it.
public struct AccessTokenID: Sendable, Hashable {
  /// The authorization; nil for a client's own token.
  public let authorization: UUID?
  /// As the token carries it.
  public let text: String

  /// Characters after the authorization: 64 bits distinguish all tokens that one authorization ever gives.
  static let suffixLength = 11
  /// Characters of a client's own: 128 bits, since all clients share the space.
  static let ownLength = 22

  /// - Parameter bytes: at least eight, derived from what the token is issued for, so that a repeated request names the
  ///   same token.
  public init(authorization: UUID, bytes: [UInt8]) {
    self.authorization = authorization
    text = "\(authorization.uuidString.lowercased()).\(Base64URL.encode(bytes.prefix(8)))"
  }

  /// A client's own. - Parameter bytes: at least sixteen.
  public init(ofClient bytes: [UInt8]) {
    authorization = nil
    text = Base64URL.encode(bytes.prefix(16))
  }

  /// Nil for text that is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    switch parts.count {
    case 2:
      guard let id = UUID(uuidString: String(parts[0])), parts[1].utf8.count == Self.suffixLength else { return nil }
      authorization = id
    case 1:
      guard text.utf8.count == Self.ownLength else { return nil }
      authorization = nil
    default: return nil
    }
    self.text = text
  }
}
