import Encodings
import Foundation
import LatchkeyProtocol
import Postgres
import ServiceKit
import ServiceWorld
import Store

struct StoredKey: Sendable {
  let kid: String
  let algorithm: String
  let state: String
  let hasPrivate: Bool
}

private struct AllKeys: Statement {
  static let sql = "SELECT kid, algorithm, state, sealed_private IS NOT NULL FROM signing_keys ORDER BY created_at"

  static func decode(_ row: inout RowReader) throws(RowError) -> StoredKey {
    StoredKey(kid: try row.next(), algorithm: try row.next(), state: try row.next(), hasPrivate: try row.next())
  }
}

extension World {
  func storedKeys() async throws -> [StoredKey] { try await database.search(AllKeys()) }

  /// As if the next keys had been published for a while.
  func letKeysBeSeen() async throws {
    try await sql(
      """
      UPDATE signing_keys SET created_at = created_at - make_interval(secs => \(SigningKeys.seenSeconds))
      WHERE state = 'next'
      """)
  }

  func publishedKeys() async throws -> [JSONValue] {
    guard case .array(let keys)? = try await oidc.send(OIDC.Keys(), call()).json?["keys"] else { return [] }
    return keys
  }
}

extension OIDC.SigningKeys {
  func of(_ algorithm: String, _ state: OIDC.SigningKey.State) -> OIDC.SigningKey? {
    keys.first { $0.algorithm == algorithm && $0.state == state }
  }
}

extension Flow {
  func keys() async throws -> OIDC.SigningKeys {
    guard case .keys(let keys) = try await world.oidc.send(OIDC.ListSigningKeys(), browser.call()) else {
      throw WorldFailure("the keys were not listed")
    }
    return keys
  }

  /// - Parameter seen: the next keys were published long enough ago.
  mutating func rotate(_ algorithm: String?, seen: Bool = true) async throws -> OIDC.RotateSigningKeys.Response {
    if seen { try await world.letKeysBeSeen() }
    try await browser.prove(.signingKeys)
    return try await world.oidc.send(OIDC.RotateSigningKeys(algorithm: algorithm), browser.call())
  }

  mutating func revoke(_ id: String) async throws -> OIDC.RevokeSigningKey.Response {
    try await browser.prove(.signingKeys)
    return try await world.oidc.send(OIDC.RevokeSigningKey(id: id), browser.call())
  }
}

extension Flow.Answer {
  /// The header of one of the tokens, unverified.
  func header(_ name: String) -> JSONValue? {
    let part = (tokens?[name]?.string ?? "").split(separator: ".").first.map(String.init) ?? ""
    guard let bytes = Base64URL.decode(part) else { return nil }
    return try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
  }
}
