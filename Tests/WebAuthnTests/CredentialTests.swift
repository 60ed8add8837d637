import Encodings
import Foundation
import TestKit
import Testing
import WebAuthn

@Suite("Credential and user")
struct CredentialTests {
  @Test("row 14: a credential id of 1 to 1023 bytes is accepted", arguments: [1, 16, 1023])
  func idLength(_ length: Int) throws {
    let credential = try Bench.register {
      $0.authenticatorData.attestedCredential?.id = [UInt8](repeating: 5, count: length)
    }
    #expect(credential.id.count == length)
  }

  @Test("row 14: an empty credential id and one of 1024 bytes are refused")
  func idLengthRefused() {
    #expect(throws: Refusal.credentialIDEmpty) {
      try Bench.register { $0.authenticatorData.attestedCredential?.id = [] }
    }
    #expect(throws: Refusal.credentialIDTooLong) {
      try Bench.register { $0.authenticatorData.attestedCredential?.id = [UInt8](repeating: 5, count: 1024) }
    }
  }

  @Test("row 14: a length beyond the bytes that are there is refused", arguments: [0xffff, 200])
  func idLengthLies(_ claimed: Int) {
    #expect(throws: Refusal.authenticatorDataTruncated) {
      try Bench.register { $0.authenticatorData.attestedCredential?.claimedLength = claimed }
    }
  }

  @Test("row 15: a credential that the user already has is refused")
  func alreadyRegistered() {
    #expect(throws: Refusal.credentialAlreadyRegistered) {
      try Bench.register(expecting: { $0.excluded = [[1], Bench.credentialID] })
    }
  }

  @Test("row 16: an assertion by a credential that was not asked for is refused")
  func notAllowed() throws {
    #expect(throws: Refusal.credentialNotAllowed) { try Bench.authenticate(expecting: { $0.allowed = [[1, 2, 3]] }) }
    try Bench.authenticate(expecting: { $0.allowed = [[1, 2, 3], Bench.credentialID] })
  }

  @Test("row 16: id and rawId that differ are refused")
  func idsDiffer() {
    let other = Base64URL.encode([9, 9, 9])
    #expect(throws: Refusal.credentialIDInconsistent) { try Bench.register { $0.id = other } }
    #expect(throws: Refusal.credentialIDInconsistent) { try Bench.authenticate { $0.id = other } }
    #expect(throws: Refusal.credentialIDInconsistent) {
      try Bench.register {
        $0.id = other
        $0.rawID = other
      }
    }
  }

  @Test("row 16: an unknown credential, and a record of another one, are refused as unknown")
  func unknown() {
    #expect(throws: Refusal.credentialUnknown) { try Bench.authenticate(stored: { _ in nil }) }
    #expect(throws: Refusal.credentialUnknown) {
      try Bench.authenticate(stored: { record in
        var record = record
        record.id = [1]
        return record
      })
    }
  }

  @Test("row 17: a discoverable sign-in needs a user handle, and a fresh proof of a known user does not")
  func handleMissing() throws {
    #expect(throws: Refusal.userHandleMissing) { try Bench.authenticate { $0.userHandle = nil } }
    #expect(try Bench.authenticate(expecting: { $0.user = Bench.user }) { $0.userHandle = nil }.user == Bench.user)
  }

  @Test("row 17: an empty user handle is none")
  func handleEmpty() throws {
    #expect(throws: Refusal.userHandleMissing) { try Bench.authenticate { $0.userHandle = [] } }
    #expect(try Bench.authenticate(expecting: { $0.user = Bench.user }) { $0.userHandle = [] }.user == Bench.user)
  }

  @Test("row 17: a handle above 64 bytes is refused")
  func handleTooLong() {
    #expect(throws: Refusal.userHandleInvalid) {
      try Bench.authenticate { $0.userHandle = [UInt8](repeating: 1, count: 65) }
    }
  }

  @Test("row 17: another user's handle is refused, whether or not the user was known before")
  func handleOfAnother() {
    let other = UserHandle(userID: UUID(uuid: (9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9)))
    #expect(throws: Refusal.userMismatch) { try Bench.authenticate { $0.userHandle = other.bytes } }
    #expect(throws: Refusal.userMismatch) {
      try Bench.authenticate(expecting: { $0.user = Bench.user }) { $0.userHandle = other.bytes }
    }
  }

  @Test("row 17: a known user's proof by another user's passkey is refused")
  func passkeyOfAnother() {
    let other = UserHandle(userID: UUID(uuid: (9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9)))
    #expect(throws: Refusal.userMismatch) { try Bench.authenticate(expecting: { $0.user = other }) }
  }

  @Test("row 18: a revoked credential, whose record is gone, is refused as unknown")
  func revoked() {
    #expect(throws: Refusal.credentialUnknown) {
      try Bench.authenticate(expecting: { $0.user = Bench.user }, stored: { _ in nil }) { _ in }
    }
  }

  @Test(
    "row 22: a counter that stands still, falls or returns to zero is refused", arguments: [7, 6, 1, 0] as [UInt32])
  func counterRefused(_ count: UInt32) {
    #expect(throws: Refusal.signCountNotIncreased) { try Bench.authenticate { $0.authenticatorData.signCount = count } }
  }

  @Test("row 22: a counter that grows is recorded, and an authenticator that never counts is accepted")
  func counterAccepted() throws {
    #expect(try Bench.authenticate { $0.authenticatorData.signCount = .max }.signCount == .max)
    func stored(_ count: UInt32) -> (StoredCredential) -> StoredCredential? {
      { record in
        var record = record
        record.signCount = count
        return record
      }
    }
    #expect(try Bench.authenticate(stored: stored(0)) { $0.authenticatorData.signCount = 0 }.signCount == 0)
    #expect(try Bench.authenticate(stored: stored(0)) { $0.authenticatorData.signCount = 3 }.signCount == 3)
  }

  @Test("row 24: a proof made for one ceremony's challenge does not serve another's")
  func replayed() {
    #expect(throws: Refusal.challengeMismatch) {
      try Bench.authenticate(expecting: {
        $0 = AuthenticationExpectation(challenge: Bench.challenge(seed: 8), relyingParty: Bench.party)
        $0.user = Bench.user
      })
    }
  }

  @Test("row 23: verification by a passkey that was registered without it is not a factor")
  func uninitialised() throws {
    let assertion = try Bench.authenticate(stored: { record in
      var record = record
      record.uvInitialized = false
      return record
    })
    #expect(assertion.userVerified)
    #expect(!assertion.verificationIsFactor)
  }
}
