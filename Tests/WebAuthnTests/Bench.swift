// The world of a test: a relying party, a valid ceremony, and one change to either side of it.
//
// The tests are named after the rows of the attack table in the standards' reference ("row 5: …"), or after the vector
// they spoil. A change to the soft authenticator's answer is signed like a valid one, so that only the check under
// test can refuse it.

import Foundation
import TestKit
import WebAuthn

enum Bench {
  static let now = Date(timeIntervalSince1970: 1_790_000_000)
  static let rpID = "example.org"
  static let origin = "https://example.org"
  static let party = RelyingParty(id: rpID, origins: [origin])
  static let aaguid: [UInt8] = Array("soft-key-model-1".utf8)
  static let credentialID: [UInt8] = (1...32).map { $0 }
  static let userID = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
  static let user = UserHandle(userID: userID)

  static func challenge(seed: UInt8 = 7) -> Challenge {
    var generator = Repeating(byte: seed)
    return Challenge(from: &generator)
  }

  /// Runs a registration that is valid but for the changes.
  @discardableResult
  static func register(
    algorithm: Int = -7, expecting: (inout RegistrationExpectation) throws -> Void,
    _ change: (inout SoftRegistration) throws -> Void
  ) throws -> NewCredential {
    var expectation = RegistrationExpectation(challenge: challenge(), relyingParty: party)
    try expecting(&expectation)
    let json = try registration(algorithm: algorithm, change).json()
    return try RegistrationCeremony(expectation).verify(try AuthenticatorAttestationResponse(json: json), at: now)
  }

  @discardableResult
  static func register(
    algorithm: Int = -7, _ change: (inout SoftRegistration) throws -> Void = { _ in }
  ) throws -> NewCredential {
    try register(algorithm: algorithm, expecting: { _ in }, change)
  }

  @discardableResult
  static func register(expecting: (inout RegistrationExpectation) throws -> Void) throws -> NewCredential {
    try register(expecting: expecting) { _ in }
  }

  static func registration(
    algorithm: Int = -7, _ change: (inout SoftRegistration) throws -> Void = { _ in }
  ) throws -> SoftRegistration {
    var registration = try SoftRegistration(
      key: try SoftKey.make(algorithm), challenge: challenge().bytes, origin: origin, rpID: rpID,
      credentialID: credentialID, aaguid: aaguid)
    try change(&registration)
    return registration
  }

  /// Runs an authentication that is valid but for the changes. `stored` sees the record; nil from it is no record.
  @discardableResult
  static func authenticate(
    algorithm: Int = -7, expecting: (inout AuthenticationExpectation) -> Void,
    stored: (StoredCredential) throws -> StoredCredential?, _ change: (inout SoftAssertion) throws -> Void
  ) throws -> Assertion {
    let key = try SoftKey.make(algorithm)
    var expectation = AuthenticationExpectation(challenge: challenge(), relyingParty: party)
    expecting(&expectation)
    let record = try stored(try record(key))
    let json = try assertion(key, change).json()
    return try AuthenticationCeremony(expectation).verify(
      try AuthenticatorAssertionResponse(json: json), stored: record)
  }

  @discardableResult
  static func authenticate(
    algorithm: Int = -7, _ change: (inout SoftAssertion) throws -> Void = { _ in }
  ) throws -> Assertion {
    try authenticate(algorithm: algorithm, expecting: { _ in }, stored: { $0 }, change)
  }

  @discardableResult
  static func authenticate(
    expecting: (inout AuthenticationExpectation) -> Void, _ change: (inout SoftAssertion) throws -> Void
  ) throws -> Assertion {
    try authenticate(expecting: expecting, stored: { $0 }, change)
  }

  @discardableResult
  static func authenticate(expecting: (inout AuthenticationExpectation) -> Void) throws -> Assertion {
    try authenticate(expecting: expecting, stored: { $0 }) { _ in }
  }

  @discardableResult
  static func authenticate(
    stored: (StoredCredential) throws -> StoredCredential?, _ change: (inout SoftAssertion) throws -> Void
  ) throws -> Assertion {
    try authenticate(expecting: { _ in }, stored: stored, change)
  }

  @discardableResult
  static func authenticate(stored: (StoredCredential) throws -> StoredCredential?) throws -> Assertion {
    try authenticate(expecting: { _ in }, stored: stored) { _ in }
  }

  static func assertion(_ key: SoftKey, _ change: (inout SoftAssertion) throws -> Void = { _ in }) throws
    -> SoftAssertion
  {
    var assertion = SoftAssertion(
      key: key, challenge: challenge().bytes, origin: origin, rpID: rpID, credentialID: credentialID,
      userHandle: user.bytes, signCount: 8)
    try change(&assertion)
    return assertion
  }

  static func record(_ key: SoftKey) throws -> StoredCredential {
    StoredCredential(
      id: credentialID, publicKey: try key.cose().encoded, algorithm: Algorithm(rawValue: key.algorithm) ?? .es256,
      signCount: 7, uvInitialized: true, backupEligible: false, owner: user)
  }
}

/// A source of randomness that gives one byte for ever.
struct Repeating: RandomNumberGenerator {
  let byte: UInt8

  mutating func next() -> UInt64 {
    UInt64(byte) &* 0x0101_0101_0101_0101
  }
}
