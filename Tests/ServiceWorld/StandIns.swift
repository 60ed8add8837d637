import Foundation
package import LatchkeyProtocol
import Postgres
import ServiceStore

/// Sessions and keys that somebody has without the ceremonies that make them, for tests of what they are good for.
extension World {
  /// A session of a person, which nobody had to sign in for.
  package func session(of user: UserID) async throws -> Secret {
    let token = UUID().uuidString
    try await sql(
      """
      INSERT INTO sessions (id, token_hash, user_id, auth_time, amr, address, user_agent, expires_at, ends_at)
      VALUES (gen_random_uuid(), '\\x\(hash(token))', '\(user)', now(), '{phr}', '192.0.2.2', 'Test/2',
        now() + interval '1 hour', now() + interval '1 day')
      """)
    return Secret(token)
  }

  /// A call with a key of the API that belongs to a person.
  package func call(key: String, of user: UserID) async throws -> Call {
    try await sql(
      """
      INSERT INTO api_keys (id, user_id, name, key_hash, expires_at)
      VALUES (gen_random_uuid(), '\(user)', 'test', '\\x\(hash(key))', now() + interval '1 day')
      """)
    return Call(
      id: RequestID(), caller: Caller(apiKey: Secret(key), address: "192.0.2.3", userAgent: "Test/3"),
      deadline: .now + .seconds(30), peer: .gateway)
  }

  private func hash(_ text: String) -> String {
    Digest.sha256(text).map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
  }
}
