import Encodings
public import Foundation
import LatchkeyProtocol
import Postgres
import Store

/// Rotates and removes signing keys from the command line. It moves rows and opens no key: it notifies the `oidc`
/// service, which makes any key that is needed.
public enum SigningKeyMoves {
  /// A key as it is listed.
  public struct Key: Sendable, Equatable {
    public let id: String
    public let algorithm: String
    /// `next`, `current` or `retired`.
    public let state: String
    /// Since when it is in that state.
    public let since: Date
    public let believedUntil: Date?
    let curve: String?
  }

  public struct Rotated: Sendable, Equatable {
    public let algorithm: String
    public let retired: String
    public let signing: String
  }

  /// The published keys, by algorithm.
  public static func list(_ place: CommandContext) async throws -> [Key] {
    try await withSession(place) { session in try await keys(session) }
  }

  /// Makes the next key sign, for one algorithm or for all.
  ///
  /// - Parameters:
  ///   - algorithm: such as `ES256`; nil for all that fit.
  ///   - curve: such as `P-256`: only algorithms on it.
  public static func rotate(_ place: CommandContext, algorithm: String?, curve: String?) async throws -> [Rotated] {
    try await withSession(place) { session in
      let keys = try await keys(session)
      let names = try chosen(keys, algorithm, curve)
      let rotate = SigningKeys.Rotate(algorithms: names, entry: entry(.signingKeysRotated, "latchkey key-rotate"))
      let moves = try await locked(session) { try await session.run(rotate).rows }
      guard !moves.isEmpty else {
        throw LaunchFailure(
          """
          Nothing was rotated: the next key was published less than five minutes ago, or is not there yet. A running \
          Latchkey makes it within seconds, and apps need a few minutes to read it before it signs. Try again then.
          """)
      }
      return moves.map { Rotated(algorithm: $0.algorithm, retired: $0.old, signing: $0.new ?? "") }
    }
  }

  /// Removes a key at once, with everything that it signed.
  ///
  /// - Returns: the key that signs in its place; nil where it did not sign, or where Latchkey makes one as soon as it
  ///   runs.
  public static func revoke(_ place: CommandContext, id: String) async throws -> String? {
    try await withSession(place) { session in
      let revoke = SigningKeys.Revoke(kid: id, entry: entry(.signingKeyRevoked, "latchkey key-revoke"))
      guard let move = try await locked(session, { try await session.run(revoke).rows.first }) else {
        throw LaunchFailure("There is no signing key \"\(id)\". `latchkey key-revoke` without a name lists them.")
      }
      return move.new
    }
  }

  private static func chosen(_ keys: [Key], _ algorithm: String?, _ curve: String?) throws -> [String] {
    guard !keys.isEmpty else {
      throw LaunchFailure("There are no signing keys yet: `latchkey serve` makes them when it starts.")
    }
    let all = Set(keys.map(\.algorithm)).sorted()
    let named = algorithm.map { name in all.filter { $0.caseInsensitiveCompare(name) == .orderedSame } } ?? all
    guard !named.isEmpty else {
      throw LaunchFailure(
        "The algorithm \"\(algorithm ?? "")\" is not one of \(all.joined(separator: ", ")).")
    }
    guard let curve else { return named }
    let fitting = named.filter { name in
      keys.contains { $0.algorithm == name && $0.curve?.caseInsensitiveCompare(curve) == .orderedSame }
    }
    guard !fitting.isEmpty else {
      throw LaunchFailure("No key of \(named.joined(separator: ", ")) is on the curve \"\(curve)\".")
    }
    return fitting
  }

  private static func keys(_ session: Session) async throws -> [Key] {
    try await session.run(SigningKeys.All()).rows.filter(\.isPublished).map { stored in
      let jwk = try? JSONValue(json: stored.publicJWK)
      let since =
        switch stored.state {
        case .next: stored.publishedAt
        case .current: stored.signsFrom ?? stored.publishedAt
        case .retired: stored.retiredAt ?? stored.publishedAt
        }
      return Key(
        id: stored.kid, algorithm: stored.algorithm, state: stored.state.rawValue, since: since,
        believedUntil: stored.believedUntil, curve: jwk?["crv"]?.string)
    }
    .sorted { ($0.algorithm, $0.since) < ($1.algorithm, $1.since) }
  }

  /// For the audit log, which does not know the person who runs the command.
  private static func entry(_ event: AuditEvent, _ command: String) -> AuditEntry {
    var entry = AuditEntry(id: UUID(), event, address: "", userAgent: command, request: RequestID())
    entry.data = ["method": "command"]
    return entry
  }

  private static func locked<T>(_ session: Session, _ body: () async throws -> T) async throws -> T {
    try await session.unsafeScript("BEGIN")
    try await session.run(SigningKeys.Lock())
    let value = try await body()
    try await session.unsafeScript("COMMIT")
    return value
  }

  private static func withSession<T>(_ place: CommandContext, _ body: (Session) async throws -> T) async throws -> T {
    let session = try await Session.open(place.owner)
    do {
      guard try await Preparation.checkValue(session) != nil else {
        throw LaunchFailure(
          "There is no data here yet: run `latchkey serve` first, with the same DATA_DIR or database.")
      }
      let value = try await body(session)
      await session.close()
      return value
    } catch {
      await session.close()
      throw error
    }
  }
}
