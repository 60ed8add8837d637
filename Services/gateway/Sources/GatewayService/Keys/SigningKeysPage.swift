package import Foundation

/// `/settings/admin/signing-keys`: what tokens are signed with, by algorithm.
package struct SigningKeysPage: Page {
  package static let template = "signing-keys"
  let algorithms: [Algorithm]
  /// Days that a key signs; nil if keys rotate only by hand.
  let days: Int?
  let atSigningKeys = true

  /// - Parameter rotationDays: 0 for only by hand.
  package init(algorithms: [Algorithm], rotationDays: Int) {
    self.algorithms = algorithms
    days = rotationDays > 0 ? rotationDays : nil
  }

  package struct Algorithm: Sendable {
    let algorithm: String
    /// What it signs unless an app asks for something else.
    let signsIDTokens: Bool
    let signsAccessTokens: Bool
    let onRequest: Bool
    let keys: [Key]
    /// The key that signs now, which a rotation from this page retires.
    let current: String?
    let canRotate: Bool

    /// - Parameter signs: the kinds of token that it signs by default.
    package init(_ name: String, signs: Use?, keys: [Key]) {
      algorithm = name
      signsIDTokens = signs == .idTokens
      signsAccessTokens = signs == .accessTokens
      onRequest = signs == nil
      self.keys = keys
      current = keys.first(where: \.isCurrent)?.keyID
      canRotate = current != nil && keys.contains(where: \.isNext)
    }
  }

  package enum Use: Sendable {
    case idTokens, accessTokens
  }

  package struct Key: Sendable {
    let keyID: String
    let isNext: Bool
    let isCurrent: Bool
    let isRetired: Bool
    /// Since when it is published, signs, or no longer signs.
    let since: PageTime
    /// Until when a retired key is trusted.
    let until: PageTime?

    package init(next id: String, publishedAt: Date) {
      self.init(id, isNext: true, since: publishedAt)
    }

    package init(current id: String, signsFrom: Date) {
      self.init(id, isCurrent: true, since: signsFrom)
    }

    package init(retired id: String, retiredAt: Date, believedUntil: Date) {
      self.init(id, isRetired: true, since: retiredAt, until: believedUntil)
    }

    private init(
      _ id: String, isNext: Bool = false, isCurrent: Bool = false, isRetired: Bool = false, since: Date,
      until: Date? = nil
    ) {
      keyID = id
      self.isNext = isNext
      self.isCurrent = isCurrent
      self.isRetired = isRetired
      self.since = PageTime(since)
      self.until = until.map(PageTime.init)
    }
  }
}
