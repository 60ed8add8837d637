import TestKit
import Testing
import WebAuthn

@Suite("Authenticator data")
struct AuthenticatorDataTests {
  typealias Soft = SoftAuthenticatorData

  @Test("row 8: another relying party's id is refused", arguments: ["org", "evil.example", "login.example.org", ""])
  func relyingParty(_ id: String) {
    #expect(throws: Refusal.relyingPartyMismatch) {
      try Bench.register { $0.authenticatorData.rpIDHash = Soft.hash(id) }
    }
    #expect(throws: Refusal.relyingPartyMismatch) {
      try Bench.authenticate { $0.authenticatorData.rpIDHash = Soft.hash(id) }
    }
  }

  @Test("row 9: an absent user is refused, except where registration was conditional")
  func presence() throws {
    #expect(throws: Refusal.userNotPresent) {
      try Bench.authenticate { $0.authenticatorData.flags &= ~Soft.userPresent }
    }
    #expect(throws: Refusal.userNotPresent) { try Bench.register { $0.authenticatorData.flags &= ~Soft.userPresent } }
    try Bench.register(expecting: { $0.conditional = true }) { $0.authenticatorData.flags &= ~Soft.userPresent }
  }

  @Test("row 10: an unverified user is refused where verification is required")
  func verificationRequired() {
    #expect(throws: Refusal.userNotVerified) { try Bench.register { $0.authenticatorData.flags &= ~Soft.userVerified } }
    #expect(throws: Refusal.userNotVerified) {
      try Bench.authenticate { $0.authenticatorData.flags &= ~Soft.userVerified }
    }
  }

  @Test("row 10: where verification is preferred an unverified user passes, and is called unverified")
  func verificationPreferred() throws {
    let credential = try Bench.register(expecting: { $0.userVerification = .preferred }) {
      $0.authenticatorData.flags &= ~Soft.userVerified
    }
    #expect(!credential.uvInitialized)
    let assertion = try Bench.authenticate(expecting: { $0.userVerification = .preferred }) {
      $0.authenticatorData.flags &= ~Soft.userVerified
    }
    #expect(!assertion.userVerified)
    #expect(!assertion.verificationIsFactor)
    #expect(try Bench.authenticate().verificationIsFactor)
  }

  @Test("row 11: a backup without eligibility is refused in both ceremonies")
  func backup() {
    #expect(throws: Refusal.backedUpButNotEligible) {
      try Bench.register { $0.authenticatorData.flags |= Soft.backedUp }
    }
    #expect(throws: Refusal.backedUpButNotEligible) {
      try Bench.authenticate { $0.authenticatorData.flags |= Soft.backedUp }
    }
  }

  @Test("row 12: backup eligibility that changes, either way, is refused")
  func eligibility() {
    #expect(throws: Refusal.backupEligibilityChanged) {
      try Bench.authenticate { $0.authenticatorData.flags |= Soft.backupEligible }
    }
    #expect(throws: Refusal.backupEligibilityChanged) {
      try Bench.authenticate(stored: { record in
        var record = record
        record.backupEligible = true
        return record
      })
    }
  }

  @Test("the backup flags are recorded, and a synced passkey is refused where policy says so")
  func backupPolicy() throws {
    let flags = Soft.backupEligible | Soft.backedUp
    let credential = try Bench.register { $0.authenticatorData.flags |= flags }
    #expect(credential.backupEligible && credential.backupState)
    #expect(throws: Refusal.syncedPasskeyRefused) {
      try Bench.register(expecting: { $0.syncedPasskeys = false }) { $0.authenticatorData.flags |= flags }
    }
    try Bench.register(expecting: { $0.syncedPasskeys = false })
    let assertion = try Bench.authenticate(stored: { record in
      var record = record
      record.backupEligible = true
      return record
    }) { $0.authenticatorData.flags |= flags }
    #expect(assertion.backupState)
  }

  @Test("row 13: attested data without its flag is refused, and so is the flag without the data")
  func attestedFlag() {
    #expect(throws: Refusal.authenticatorDataTrailing) {
      try Bench.register { $0.authenticatorData.flags &= ~Soft.attested }
    }
    #expect(throws: Refusal.authenticatorDataTruncated) {
      try Bench.register { $0.authenticatorData.attestedCredential = nil }
    }
    #expect(throws: Refusal.attestedCredentialMissing) {
      try Bench.register {
        $0.authenticatorData.attestedCredential = nil
        $0.authenticatorData.flags &= ~Soft.attested
      }
    }
  }

  @Test("row 13: attested data in an assertion is refused")
  func attestedInAssertion() throws {
    let attested = try Bench.registration().authenticatorData.attestedCredential
    #expect(throws: Refusal.attestedCredentialUnexpected) {
      try Bench.authenticate {
        $0.authenticatorData.attestedCredential = attested
        $0.authenticatorData.flags |= Soft.attested
      }
    }
  }

  @Test("row 13: extensions' flag and map have to agree")
  func extensions() throws {
    let outputs = SoftCBOR.map([(.text("credProtect"), .int(3)), (.text("hmac-secret"), .bool(true))])
    try Bench.register {
      $0.authenticatorData.extensions = outputs
      $0.authenticatorData.flags |= Soft.extended
    }
    try Bench.authenticate {
      $0.authenticatorData.extensions = outputs
      $0.authenticatorData.flags |= Soft.extended
    }
    #expect(throws: Refusal.authenticatorDataTrailing) {
      try Bench.register { $0.authenticatorData.extensions = outputs }
    }
    #expect(throws: Refusal.extensionsInvalid) { try Bench.register { $0.authenticatorData.flags |= Soft.extended } }
    for wrong in [SoftCBOR.array([]), .int(1), .map([(.int(1), .int(1))])] {
      #expect(throws: Refusal.extensionsInvalid) {
        try Bench.register {
          $0.authenticatorData.extensions = wrong
          $0.authenticatorData.flags |= Soft.extended
        }
      }
    }
  }

  @Test("row 13: left-over bytes are refused")
  func leftOver() {
    #expect(throws: Refusal.authenticatorDataTrailing) { try Bench.register { $0.authenticatorData.tail = [0] } }
    #expect(throws: Refusal.authenticatorDataTrailing) { try Bench.authenticate { $0.authenticatorData.tail = [0xa0] } }
  }

  @Test("row 13: authenticator data below 37 bytes is refused", arguments: [0, 1, 32, 33, 36])
  func short(_ length: Int) {
    #expect(throws: Refusal.authenticatorDataTruncated) {
      try AuthenticatorData([UInt8](repeating: 0, count: length))
    }
  }

  @Test("row 13: bits reserved for future use are ignored")
  func reserved() throws {
    try Bench.register { $0.authenticatorData.flags |= 0b0010_0010 }
    try Bench.authenticate { $0.authenticatorData.flags |= 0b0010_0010 }
  }
}
