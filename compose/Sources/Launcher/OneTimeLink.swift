import Foundation
import LatchkeyProtocol
import Postgres
public import ServiceKit
import ServiceStore
import Store

/// A link that signs a user in once.
public struct OneTimeLink: Sendable, Equatable {
  public static let lifetime = Duration.seconds(3600)

  public let username: String
  public let url: String

  /// - Parameter login: username or e-mail address.
  public static func make(
    for login: String, place: CommandContext, randomness: some Randomness = SystemRandomness()
  ) async throws -> OneTimeLink {
    let session = try await Session.open(place.owner)
    do {
      let link = try await make(for: login, place: place, session, randomness)
      await session.close()
      return link
    } catch {
      await session.close()
      throw error
    }
  }

  private static func make(
    for login: String, place: CommandContext, _ session: Session, _ randomness: some Randomness
  ) async throws -> OneTimeLink {
    guard let check = try await Preparation.checkValue(session) else {
      throw LaunchFailure("There is no data here yet: run `latchkey serve` first, with the same DATA_DIR or database.")
    }
    let key = try place.keySource.settle(place.key, check: check) { _ in }
    guard let user = try await session.run(Users.FindByLogin(login)).rows.first else {
      throw LaunchFailure("There is no user with the name or e-mail address \"\(login)\".")
    }
    let keys = try key.keys(for: .auth, kept: try await session.run(EncryptionKeyChange.Keys()).rows)
    let code = ShortCode.random(length: ShortCode.length(forLifetime: lifetime), from: randomness)
    let hash = KeyedHash(key: keys.hash).hash(code, purpose: OneTimeCodes.purpose)
    let new = NewOneTimeCode(hash: Data(hash), lifetimeSeconds: lifetime.inSeconds, origin: .command)
    try await session.run(OneTimeCodes.Create(new, for: user.id, entry: entry(user, randomness)))
    return OneTimeLink(username: user.username, url: "\(place.appURL.issuer)/lc/\(code)")
  }

  /// For the audit log, which does not know the person who runs the command.
  private static func entry(_ user: User, _ randomness: some Randomness) -> AuditEntry {
    var entry = AuditEntry(
      id: randomness.uuid(), .oneTimeLinkCreated, address: "", userAgent: "latchkey one-time-access-token",
      request: RequestID())
    entry.userID = user.id
    entry.username = user.username
    entry.data = ["method": "command", "lifetimeSeconds": "\(Int(lifetime.inSeconds))"]
    return entry
  }
}
