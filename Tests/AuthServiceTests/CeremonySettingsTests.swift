import Foundation
import LatchkeyProtocol
import ServiceWorld
import TestKit
import Testing

/// What an administrator decides about passkeys, and what becomes of it in ceremonies.
@Suite struct CeremonySettingsTests {
  private func world() async throws -> (World, Browser) {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    return (world, browser)
  }

  private func add(
    _ browser: inout Browser, flags: UInt8
  ) async throws -> (options: String, outcome: Auth.FinishPasskey.Response)? {
    try await browser.prove(.addPasskey)
    guard case .begun(let ceremony) = try await browser.world.auth.send(Auth.BeginPasskey(), browser.call()) else {
      return nil
    }
    var device = SoftAuthenticator(origin: World.appURL)
    device.flags = flags
    let answer = Auth.CeremonyAnswer(credential: try device.create(ceremony.options), state: ceremony.state)
    return (ceremony.options, try await browser.world.auth.send(Auth.FinishPasskey(answer: answer), browser.call()))
  }

  private let verified = SoftAuthenticatorData.userPresent | SoftAuthenticatorData.userVerified

  @Test("a passkey that can leave its device is taken unless the settings say otherwise")
  func synced() async throws {
    var (world, browser) = try await world()
    let synced = verified | SoftAuthenticatorData.backupEligible | SoftAuthenticatorData.backedUp
    guard case .added = try await add(&browser, flags: synced)?.outcome else {
      Issue.record("it was refused")
      return
    }
    try await world.choose(["webauthnAllowSyncedPasskeys": "false"])
    #expect(try await add(&browser, flags: synced)?.outcome == .refused(.syncedPasskey))
    guard case .added = try await add(&browser, flags: verified)?.outcome else {
      Issue.record("one that stays was refused")
      return
    }
  }

  @Test("where verification is only preferred, a passkey without it signs in and says no more than it showed")
  func preferred() async throws {
    var (world, browser) = try await world()
    browser.authenticator.flags = SoftAuthenticatorData.userPresent
    #expect(try await browser.signIn() == .refused(.userVerificationRequired))
    try await world.choose(["webauthnUserVerification": "preferred"])
    guard case .signedIn(let signedIn) = try await browser.signIn() else {
      Issue.record("it was refused")
      return
    }
    guard
      case .signedIn(_, let session) = try await world.auth.send(
        Auth.CurrentSession(), world.call(session: signedIn.token))
    else { return }
    #expect(session.amr == ["phr", "pop"])
    let ceremony = try await world.auth.send(Auth.BeginSignIn(), browser.call())
    #expect(ceremony.options.contains(#""userVerification":"preferred""#))
  }

  @Test("the settings say where a new passkey has to be", arguments: ["any", "platform", "cross-platform"])
  func attachment(choice: String) async throws {
    var (world, browser) = try await world()
    try await world.choose(["webauthnAuthenticatorAttachment": choice])
    let options = try #require(try await add(&browser, flags: verified)?.options)
    if choice == "any" {
      #expect(!options.contains("authenticatorAttachment"))
    } else {
      #expect(options.contains(#""authenticatorAttachment":"\#(choice)""#))
    }
  }
}
