import Encodings
import Foundation
import LatchkeyProtocol
import OIDCRules
import ServiceWorld
import Store
import Testing
import TestKit

@Suite("Signing keys")
struct SigningKeyTests {
  private let algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]

  @Test("a fresh installation has a current and a next key of each algorithm, however many processes start at once")
  func firstStart() async throws {
    let world = try await World()
    try await world.sql("DELETE FROM signing_keys; DELETE FROM data_keys")
    async let one: Void = world.startTokenService()
    async let other: Void = world.startTokenService()
    _ = try await (one, other)
    let stored = try await world.storedKeys()
    for algorithm in algorithms {
      #expect(stored.filter { $0.algorithm == algorithm }.map(\.state).sorted() == ["current", "next"])
    }
  }

  @Test("what is published: every key's public half, the ones that sign first, RS256 before all")
  func published() async throws {
    let world = try await World()
    let keys = try await world.publishedKeys()
    #expect(keys.prefix(5).map { $0["alg"]?.string } == algorithms)
    #expect(keys.count == 10 && Set(keys.map { $0["kid"]?.string }).count == 10)
    for key in keys {
      for name in ["d", "p", "q", "dp", "dq", "qi", "k"] { #expect(key[name] == nil) }
      #expect(key["use"] == "sig")
    }
    let supported = try await world.oidc.send(OIDC.Metadata.sample, world.call()).json?[
      "id_token_signing_alg_values_supported"]
    #expect(supported == .array(algorithms.map { .string($0) }))
  }

  @Test("rotating lets the key sign that was published before, and publishes another")
  func rotation() async throws {
    var flow = try await Flow.start()
    let before = try await flow.keys()
    let published = try await flow.world.publishedKeys().compactMap { $0["kid"]?.string }
    guard case .rotated(let after) = try await flow.rotate("RS256") else {
      Issue.record("not rotated")
      return
    }
    let next = try #require(before.of("RS256", .next))
    #expect(published.contains(next.id))
    #expect(after.of("RS256", .current)?.id == next.id)
    #expect(after.of("RS256", .next) != nil && after.of("RS256", .next)?.id != next.id)
    #expect(after.of("RS256", .retired)?.id == before.of("RS256", .current)?.id)
    #expect(after.of("ES256", .current) == before.of("ES256", .current))
    let tokens = try await flow.exchange(flow.code())
    #expect(tokens.header("id_token")?["kid"]?.string == next.id)
  }

  @Test("a token from before a rotation stays good, at the process that rotated and at the other")
  func oldTokens() async throws {
    var flow = try await Flow.start(losesAnswers: false)
    let token = try await flow.exchange(flow.code()).accessToken
    _ = try await flow.rotate(nil)
    #expect(try await flow.userInfo(token).error == nil)
    #expect(try await flow.userInfo(token, at: flow.world.otherOIDC).error == nil)
  }

  @Test("a process that has not been told signs with the old key, and is believed by one that has")
  func untold() async throws {
    var flow = try await Flow.start(losesAnswers: false) { $0.accessTokenAlgorithm = "ES256" }
    let old = try await flow.keys().of("ES256", .current)
    _ = try await flow.rotate(nil)
    let tokens = try await flow.exchange(flow.code(), at: flow.world.otherOIDC)
    #expect(tokens.header("access_token")?["kid"]?.string == old?.id)
    #expect(try await flow.userInfo(tokens.accessToken).error == nil)
  }

  @Test("a process that has been told already signs with a key that one which has not knows as well")
  func told() async throws {
    var flow = try await Flow.start(losesAnswers: false)
    _ = try await flow.rotate(nil)
    let token = try await flow.exchange(flow.code()).accessToken
    #expect(try await flow.userInfo(token, at: flow.world.otherOIDC).error == nil)
  }

  @Test("the other process follows by itself, also after its listening connection was cut")
  func following() async throws {
    var flow = try await Flow.start { $0.accessTokenAlgorithm = "ES256" }
    let world = flow.world
    let following = Task { await world.followKeys(at: 1) }
    defer { following.cancel() }
    for cutsBefore in [false, true] {
      if cutsBefore {
        try await world.sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
      }
      guard case .rotated(let keys) = try await flow.rotate("ES256") else {
        Issue.record("not rotated")
        return
      }
      let new = keys.of("ES256", .current)?.id
      try await eventually { () async throws -> Bool in
        let tokens = try await flow.exchange(flow.code(), at: world.otherOIDC)
        return tokens.header("access_token")?["kid"]?.string == new
      }
    }
  }

  @Test("sign-ins go on at both processes while keys rotate again and again, and every token is good at both")
  func underWay() async throws {
    var flow = try await Flow.start()
    let world = flow.world
    let following = [0, 1].map { process in Task { await world.followKeys(at: process) } }
    defer { for task in following { task.cancel() } }
    let people = flow
    async let tokens = withThrowingTaskGroup(of: [String].self) { group in
      for service in [world.oidc, world.otherOIDC] {
        group.addTask {
          var tokens: [String] = []
          for _ in 0..<12 { tokens.append(try await people.exchange(people.code(), at: service).accessToken) }
          return tokens
        }
      }
      return try await group.reduce([], +)
    }
    for _ in 0..<4 { _ = try await flow.rotate(nil) }
    for token in try await tokens {
      #expect(try await flow.userInfo(token).error == nil)
      #expect(try await flow.userInfo(token, at: world.otherOIDC).error == nil)
    }
  }

  @Test("of two rotations that retire the same key at the same moment, one does; there is always one current key")
  func race() async throws {
    // The list in the answer that nothing was rotated goes on while the other rotation's next keys are made.
    var flow = try await Flow.start(losesAnswers: false)
    for _ in 0..<3 {
      try await flow.world.letKeysBeSeen()
      let seen = try await flow.keys().keys.filter { $0.state == .current }.map(\.id)
      for _ in 0..<2 { try await flow.browser.prove(.signingKeys) }
      let message = OIDC.RotateSigningKeys(expected: seen)
      let (world, one, other) = (flow.world, flow.browser.call(), flow.browser.call())
      async let first = world.oidc.send(message, one)
      async let second = world.otherOIDC.send(message, other)
      let answers = try await [first, second]
      #expect(answers.count { if case .rotated = $0 { true } else { false } } == 1)
      #expect(answers.count { if case .unchanged = $0 { true } else { false } } == 1)
      let stored = try await flow.world.storedKeys()
      for algorithm in algorithms {
        #expect(stored.count { $0.algorithm == algorithm && $0.state == "current" } == 1)
        #expect(stored.count { $0.algorithm == algorithm && $0.state == "next" } == 1)
      }
    }
  }

  @Test("names that no key can have retire none, a NUL among them", arguments: [["no such key"], ["\0"], []])
  func namesOfNone(expected: [String]) async throws {
    var flow = try await Flow.start()
    try await flow.world.letKeysBeSeen()
    try await flow.browser.prove(.signingKeys)
    let before = try await flow.keys().keys.filter { $0.state == .current }.map(\.id)
    let message = OIDC.RotateSigningKeys(expected: expected)
    guard case .unchanged(let after) = try await flow.world.oidc.send(message, flow.browser.call()) else {
      Issue.record("something was rotated")
      return
    }
    #expect(after.keys.filter { $0.state == .current }.map(\.id) == before)
  }

  @Test("a repeated request rotates once and is told the same")
  func repeated() async throws {
    var flow = try await Flow.start()
    try await flow.world.letKeysBeSeen()
    try await flow.browser.prove(.signingKeys)
    let call = flow.browser.call()
    let message = OIDC.RotateSigningKeys(algorithm: "ES256")
    let first = try await flow.world.oidc.send(message, call)
    let again = try await flow.world.otherOIDC.send(message, call)
    #expect(first == again)
    #expect(try await flow.world.recorded(.signingKeysRotated) == 1)
  }

  @Test("a key that apps cannot have seen yet signs nothing, but in an emergency")
  func unseen() async throws {
    var flow = try await Flow.start()
    guard case .rotated(let keys) = try await flow.rotate("ES256") else {
      Issue.record("not rotated")
      return
    }
    let next = try #require(keys.of("ES256", .next))
    guard case .unchanged(let same) = try await flow.rotate("ES256", seen: false) else {
      Issue.record("rotated")
      return
    }
    #expect(same == keys)
    try await flow.world.sql(
      "UPDATE signing_keys SET signs_from = now() - interval '91 days' WHERE algorithm = 'ES256' AND state = 'current'")
    #expect(try await flow.world.rotateKeysThatAreDue(at: 0) == [])
    guard case .revoked(let after) = try await flow.revoke(try #require(keys.of("ES256", .current)?.id)) else {
      Issue.record("not revoked")
      return
    }
    #expect(after.of("ES256", .current)?.id == next.id)
  }

  @Test("on schedule: a key that has signed long enough is rotated by one of two processes, the others stay")
  func schedule() async throws {
    let flow = try await Flow.start()
    let world = flow.world
    try await world.letKeysBeSeen()
    #expect(try await world.rotateKeysThatAreDue(at: 0) == [])
    try await world.sql(
      "UPDATE signing_keys SET signs_from = now() - interval '91 days' WHERE algorithm = 'RS256' AND state = 'current'")
    async let one = world.rotateKeysThatAreDue(at: 0)
    async let other = world.rotateKeysThatAreDue(at: 1)
    #expect(try await one + other == ["RS256"])
    #expect(try await world.rotateKeysThatAreDue(at: 1) == [])
    let entry = try await flow.world.recorded().last { $0.event == "SIGNING_KEYS_ROTATED" }
    #expect(entry?.data.contains("schedule") == true)
  }

  @Test("a retired key is believed as long as the longest access token of any client, and its private half is gone")
  func retirement() async throws {
    var flow = try await Flow.start()
    try await flow.world.sql("UPDATE clients SET access_token_minutes = 600")
    guard case .rotated(let keys) = try await flow.rotate("ES256"), let retired = keys.of("ES256", .retired) else {
      Issue.record("not rotated")
      return
    }
    let (since, until) = (try #require(retired.retiredAt), try #require(retired.believedUntil))
    #expect(until.timeIntervalSince(since) == 600 * 60 + 600)
    let stored = try await flow.world.storedKeys().filter { !$0.hasPrivate }
    #expect(stored.map(\.kid) == [retired.id])
  }

  @Test(
    "what a client was given before its tokens became shorter, or before it was deleted, is believed to its end",
    arguments: ["UPDATE clients SET access_token_minutes = 5", "DELETE FROM clients"])
  func longerBefore(change: String) async throws {
    var flow = try await Flow.start {
      $0.accessTokenDurationMinutes = 600
      $0.accessTokenAlgorithm = "ES256"
    }
    let tokens = try await flow.exchange(flow.code())
    try await flow.world.sql(change)
    guard case .rotated(let keys) = try await flow.rotate("ES256") else {
      Issue.record("not rotated")
      return
    }
    let retired = try #require(keys.of("ES256", .retired))
    #expect(tokens.header("access_token")?["kid"]?.string == retired.id)
    let until = try #require(retired.believedUntil)
    #expect(until.timeIntervalSince(try #require(retired.retiredAt)) > 600 * 60)
  }

  @Test("clients with short-lived tokens change nothing about ID tokens, which live an hour")
  func shortLived() async throws {
    var flow = try await Flow.start()
    try await flow.world.sql("UPDATE clients SET access_token_minutes = 1")
    guard case .rotated(let keys) = try await flow.rotate("RS256"), let retired = keys.of("RS256", .retired),
      let since = retired.retiredAt, let until = retired.believedUntil
    else {
      Issue.record("not rotated")
      return
    }
    #expect(until.timeIntervalSince(since) == 3600 + 600)
  }

  @Test("how long the Store believes a retired key covers the ID token's own lifetime")
  func lifetime() { #expect(SigningKeys.idTokenSeconds == IDToken.lifetime) }

  @Test("when its time is over, a retired key is published and believed no more")
  func over() async throws {
    var flow = try await Flow.start { $0.accessTokenAlgorithm = "ES256" }
    let token = try await flow.exchange(flow.code()).accessToken
    let old = try #require(try await flow.keys().of("ES256", .current)?.id)
    _ = try await flow.rotate("ES256")
    #expect(try await flow.world.publishedKeys().contains { $0["kid"]?.string == old })
    try await flow.world.sql("UPDATE signing_keys SET verifies_until = now() WHERE state = 'retired'")
    // Any reading of the keys notices; a rotation of another algorithm is one.
    _ = try await flow.rotate("EdDSA")
    #expect(try await !flow.world.publishedKeys().contains { $0["kid"]?.string == old })
    #expect(try await flow.userInfo(token).error == "invalid_token")
  }

  @Test("an ID token whose key's time is over still says whom an app means; one of a removed key says nothing")
  func hints() async throws {
    var flow = try await Flow.start()
    let tokens = try await flow.exchange(flow.code())
    let hint: [String: String?] = ["prompt": "none", "id_token_hint": tokens.tokens?["id_token"]?.string]
    guard case .rotated(let keys) = try await flow.rotate("RS256") else {
      Issue.record("not rotated")
      return
    }
    try await flow.world.sql("UPDATE signing_keys SET verifies_until = now() WHERE state = 'retired'")
    _ = try await flow.rotate("EdDSA")
    #expect(try await flow.redirect(hint)["code"] != nil)
    _ = try await flow.revoke(try #require(keys.of("RS256", .retired)?.id))
    #expect(try await flow.redirect(hint)["code"] == nil)
  }

  @Test("a key that is removed in an emergency takes with it what it signed; the next one signs at once")
  func revocation() async throws {
    var flow = try await Flow.start { $0.accessTokenAlgorithm = "ES256" }
    let token = try await flow.exchange(flow.code()).accessToken
    let before = try await flow.keys()
    let old = try #require(before.of("ES256", .current)?.id)
    guard case .revoked(let after) = try await flow.revoke(old) else {
      Issue.record("not removed")
      return
    }
    #expect(!after.keys.contains { $0.id == old })
    #expect(after.of("ES256", .current)?.id == before.of("ES256", .next)?.id && after.of("ES256", .next) != nil)
    #expect(try await flow.userInfo(token).error == "invalid_token")
    #expect(try await flow.userInfo(flow.exchange(flow.code()).accessToken).error == nil)
    #expect(try await flow.revoke(old) == .notFound)
    #expect(try await flow.world.recorded(.signingKeyRevoked) == 1)
  }

  @Test("two removals at once leave one current key, also when there is no next one")
  func revocationOfBoth() async throws {
    var flow = try await Flow.start()
    let keys = try await flow.keys()
    let (current, next) = (try #require(keys.of("EdDSA", .current)?.id), try #require(keys.of("EdDSA", .next)?.id))
    _ = try await flow.revoke(next)
    guard case .revoked(let after) = try await flow.revoke(current) else {
      Issue.record("not removed")
      return
    }
    #expect(after.of("EdDSA", .current) != nil && after.of("EdDSA", .next) != nil)
    #expect(!after.keys.contains { [current, next].contains($0.id) })
  }

  @Test("only an administrator sees or moves keys, and moving them needs the passkey again")
  func access() async throws {
    let flow = try await Flow.start()
    let world = flow.world
    #expect(try await world.oidc.send(OIDC.ListSigningKeys(), world.call()) == .denied(.notSignedIn))
    #expect(try await world.oidc.send(OIDC.RotateSigningKeys(), world.call()) == .denied(.notSignedIn))
    #expect(try await world.oidc.send(OIDC.RotateSigningKeys(), flow.browser.call()) == .denied(.proofRequired))
    #expect(try await world.oidc.send(OIDC.RevokeSigningKey(id: "x"), flow.browser.call()) == .denied(.proofRequired))
    #expect(
      try await world.oidc.send(OIDC.RotateSigningKeys(algorithm: "HS256"), flow.browser.call()) == .unknownAlgorithm)
    #expect(try await world.recorded(.signingKeysRotated) == 0)
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(try await world.oidc.send(OIDC.ListSigningKeys(), flow.browser.call()) == .denied(.notAdministrator))
    #expect(try await world.oidc.send(OIDC.RotateSigningKeys(), flow.browser.call()) == .denied(.notAdministrator))
  }

  @Test(
    "each client's tokens are signed with what it asks for, and at_hash fits", arguments: ["PS256", "ES384", "EdDSA"])
  func perClient(_ algorithm: String) async throws {
    let flow = try await Flow.start()
    try await flow.world.sql("UPDATE clients SET id_token_alg = '\(algorithm)', access_token_alg = '\(algorithm)'")
    let tokens = try await flow.exchange(flow.code())
    for name in ["id_token", "access_token"] { #expect(tokens.header(name)?["alg"]?.string == algorithm) }
    let signer = try #require(SigningAlgorithm(rawValue: algorithm))
    #expect(tokens.idToken?["at_hash"]?.string == IDToken.halfHash(of: tokens.accessToken, signer))
    #expect(try await flow.userInfo(tokens.accessToken).error == nil)
  }
}
