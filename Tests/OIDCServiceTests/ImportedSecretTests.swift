import Foundation
import LatchkeyProtocol
import Postgres
import ServiceWorld
import Testing

@Suite struct ImportedSecretTests {
  /// bcrypt of "imported-secret", as libxcrypt made it: with Pocket ID's cost, and with the lowest.
  private static let usual = "$2a$10$abcdefghijklmnopqrstuuFHFEGmtjMqpmaLl9chZugY10Eca8DNG"
  private static let quick = "$2b$04$abcdefghijklmnopqrstuuRDmDSJ/eMCP0wtklhCEc2TkqfN7mWsW"

  private func flow(_ hash: String, expiresAt: String = "NULL") async throws -> Flow {
    let flow = try await Flow.start()
    try await flow.world.sql(
      """
      UPDATE client_secrets SET algorithm = 'bcrypt', hash = convert_to('\(hash)', 'UTF8'), expires_at = \(expiresAt)
      """)
    return flow
  }

  @Test("an imported secret authenticates, and is hashed anew by its first use", arguments: [usual, quick])
  func rehashed(_ hash: String) async throws {
    let flow = try await flow(hash)
    #expect(try await flow.own(["client_secret": "wrong"]).error == "invalid_client")
    #expect(try await flow.world.database.read(Stored()).first?.algorithm == "bcrypt")
    #expect(try await flow.own(["client_secret": "imported-secret"]).error == nil)
    let stored = try #require(try await flow.world.database.read(Stored()).first)
    #expect(stored.algorithm == "hmac-sha256" && stored.hash.count == 32 && stored.wasUsed)
    #expect(try await flow.own(["client_secret": "imported-secret"]).error == nil)
    #expect(try await flow.own(["client_secret": "wrong"]).error == "invalid_client")
  }

  @Test("whoever guesses at a secret is stopped, at every instance, and nobody else is")
  func guesses() async throws {
    let flow = try await flow(Self.quick)
    let right = ["client_secret": "imported-secret"]
    for index in 0..<20 {
      #expect(
        try await flow.own(["client_secret": "guess \(index)"], from: "2001:db8::\(index)").error == "invalid_client")
    }
    // The network is a /64; the secret is right, and not looked at.
    #expect(try await flow.own(right, from: "2001:db8::ffff").error == "invalid_client")
    #expect(try await flow.world.database.read(Stored()).first?.algorithm == "bcrypt")
    let other = flow.world.otherOIDC
    #expect(
      try await flow.own(["client_secret": "once more"], at: other, from: "2001:db8::1").error == "invalid_client")
    #expect(try await flow.own(right, at: other, from: "2001:db8::2").error == "invalid_client")

    #expect(try await flow.own(right, from: "2001:db8:0:1::1").error == nil)
    #expect(try await flow.own(right, at: other, from: "192.0.2.7").error == nil)
  }

  @Test("many at once are all answered")
  func atOnce() async throws {
    let flow = try await flow(Self.quick)
    let errors = try await withThrowingTaskGroup(of: String?.self) { group in
      for index in 0..<16 {
        group.addTask { try await flow.own(["client_secret": index % 2 == 0 ? "imported-secret" : "wrong"]).error }
      }
      return try await group.reduce(into: [String?]()) { $0.append($1) }
    }
    #expect(errors.count { $0 == nil } == 8 && errors.count { $0 == "invalid_client" } == 8)
  }

  @Test(
    "what is no hash that we can afford fits nothing",
    arguments: [
      "", "imported-secret", "$2a$31$abcdefghijklmnopqrstuuFHFEGmtjMqpmaLl9chZugY10Eca8DNG",
      "$2x$10$abcdefghijklmnopqrstuuFHFEGmtjMqpmaLl9chZugY10Eca8DNG", "$1$abcdefgh$abcdefghijklmnopqrstuv",
      "$2a$10$abcdefghijklmnopqrstuuFHFEGmtjMqpmaLl9chZugY10Eca8DN", "$2a$1x$" + String(repeating: "a", count: 53),
    ])
  func malformed(_ hash: String) async throws {
    let flow = try await flow(hash)
    #expect(try await flow.own(["client_secret": "imported-secret"]).error == "invalid_client")
  }

  @Test("an expired one does not authenticate, nor does a secret that is longer than bcrypt reads")
  func bounds() async throws {
    let expired = try await flow(Self.quick, expiresAt: "now() - interval '1 second'")
    #expect(try await expired.own(["client_secret": "imported-secret"]).error == "invalid_client")
    let long = try await flow(Self.quick)
    let secret = "imported-secret" + String(repeating: "x", count: 72)
    #expect(try await long.own(["client_secret": secret]).error == "invalid_client")
  }
}

private struct Stored: Statement {
  static let sql = "SELECT algorithm, hash, last_used_at IS NOT NULL FROM client_secrets"

  struct Row: Sendable {
    let algorithm: String
    let hash: Data
    let wasUsed: Bool
  }

  static func decode(_ row: inout RowReader) throws(RowError) -> Row {
    Row(algorithm: try row.next(), hash: try row.next(), wasUsed: try row.next())
  }
}
