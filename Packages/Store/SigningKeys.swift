public import Foundation
public import Postgres

/// Signing keys, sealed. Readable by `oidc` alone.
///
/// A key is *next* (published, so that apps know it before they need it), then *current* (the one of its algorithm that
/// signs), then *retired* (signs nothing, is published and believed until nothing that it signed can be valid). Two
/// partial unique indexes hold one next and one current key per algorithm, whatever races; every move of a key takes
/// `Lock` first, so that moves happen one after the other.
public enum SigningKeys {
  /// The channel that is notified when the set of keys changes.
  public static let channel = "signing_keys"

  /// Seconds that an ID token lives (`IDToken.lifetime`): part of how long a retired key is believed.
  public static let idTokenSeconds: Double = 3600
  /// Seconds that a retired key is believed beyond the longest token of any client: an instance that has lost its
  /// connection may sign with it for a moment longer, and the clocks of apps differ.
  public static let marginSeconds: Double = 600

  /// Seconds that a key is published before a rotation may let it sign. Apps and proxies cache the key set for as long
  /// as its `Cache-Control` says, a minute; the rest is for clocks and for apps that fetch it a little less often. Only
  /// an emergency (`Revoke`) does not wait.
  public static let seenSeconds: Double = 300

  public enum State: String, Sendable, CaseIterable {
    case next, current, retired
  }

  public struct Stored: Sendable {
    public let kid: String
    public let algorithm: String
    public let state: State
    /// RFC 7517 JSON.
    public let publicJWK: String
    /// Nil once the key is retired: it signs nothing more.
    public let sealedPrivate: Data?
    /// When it was published.
    public let publishedAt: Date
    public let signsFrom: Date?
    public let retiredAt: Date?
    /// Until when a retired key is published and believed.
    public let believedUntil: Date?
    /// What it signed may be valid. A retired key whose time is over is only remembered.
    public let isPublished: Bool
  }

  /// Days that a retired key is remembered after its time: an app may send back an ID token that expired long ago to
  /// say whom it means (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). Apps keep their own sessions for weeks.
  public static let rememberedDays = 90

  /// Every key, oldest first.
  public struct All: Statement {
    public static let sql = """
      SELECT kid, algorithm, state, public_jwk, sealed_private, created_at, signs_from, retired_at, verifies_until,
        state <> 'retired' OR verifies_until > now()
      FROM signing_keys ORDER BY created_at, kid
      """

    public init() {}

    public static func decode(_ row: inout RowReader) throws(RowError) -> Stored {
      Stored(
        kid: try row.next(), algorithm: try row.next(),
        // The table's CHECK lets nothing else in.
        state: State(rawValue: try row.next()) ?? .retired, publicJWK: (try row.next() as JSONText).text,
        sealedPrivate: try row.next(), publishedAt: try row.next(), signsFrom: try row.next(),
        retiredAt: try row.next(), believedUntil: try row.next(), isPublished: try row.next())
    }
  }

  /// Publishes a new key: as the current one if its algorithm has none, otherwise as the next one. If several processes
  /// make the same one, one wins.
  public struct Publish: Statement {
    public static let sql = """
      WITH made AS (
        INSERT INTO signing_keys (kid, algorithm, public_jwk, sealed_private, state, signs_from)
        SELECT $1, $2, $3, $4, CASE WHEN c.signs THEN 'next' ELSE 'current' END, CASE WHEN NOT c.signs THEN now() END
        FROM (SELECT EXISTS (SELECT 1 FROM signing_keys WHERE algorithm = $2 AND state = 'current') AS signs) c
        ON CONFLICT DO NOTHING RETURNING kid)
      SELECT pg_notify('\(channel)', kid)::text FROM made
      """

    public let bindings: Bindings

    /// - Parameter publicJWK: RFC 7517 JSON.
    public init(kid: String, algorithm: String, publicJWK: String, sealedPrivate: Data) {
      bindings = Bindings(kid, algorithm, JSONText(publicJWK), sealedPrivate)
    }
  }

  /// Held to the end of the transaction, so that keys move one after the other. (The number is arbitrary and ours.)
  public struct Lock: Statement {
    public static let sql = "SELECT pg_advisory_xact_lock(7811889)::text"

    public init() {}
  }
}
