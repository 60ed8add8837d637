import Foundation
import LatchkeyProtocol
import ServiceWorld
import Testing

@Suite struct SettingsTests {
  @Test("settings are replaced whole; secrets stay unless they are named, and leave no trace in the record")
  func update() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    func save(
      _ values: [String: String], _ secrets: [String: Secret] = [:]
    ) async throws -> Admin.UpdateSettings.Response {
      try await world.admin.send(Admin.UpdateSettings(values: values, secrets: secrets), browser.call())
    }
    guard case .updated(let first) = try await save(["appName": " Home "], ["smtpPassword": Secret("correct horse")])
    else {
      Issue.record("it was not saved")
      return
    }
    #expect(first.settings.appName == "Home" && first.secrets == ["smtpPassword"])
    #expect(try await save(["smtpHost": "mail.example.com"]) == .denied(.proofRequired))
    try await browser.prove(.settings)
    guard case .updated(let second) = try await save(["smtpHost": "mail.example.com"]) else {
      Issue.record("it was not saved")
      return
    }
    #expect(second.settings.appName == "Latchkey", "what is left out has its default")
    #expect(second.secrets == ["smtpPassword"])
    try await browser.prove(.settings)
    guard case .updated(let third) = try await save([:], ["smtpPassword": Secret("")]) else {
      Issue.record("it was not saved")
      return
    }
    #expect(third.secrets == [])
    let bad = try await save(["smtpPort": "x", "smtpTls": "ssl"], ["appName": Secret("x")])
    guard case .invalid(let problems) = bad else {
      Issue.record("it was accepted")
      return
    }
    #expect(Set(problems.map(\.field)) == ["smtpPort", "smtpTls", "appName"])
  }

  @Test("groups of new people that are none are left out of what an API key sends, and refused by name from a page")
  func unknownGroups() async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    let (known, unknown) = (UUID().uuidString.lowercased(), UUID().uuidString.lowercased())
    try await world.sql("INSERT INTO user_groups (id, name, friendly_name) VALUES ('\(known)', 'family', 'Family')")
    let update = Admin.UpdateSettings(
      values: ["signupDefaultUserGroupIDs": #"["\#(unknown)","\#(known)"]"#], secrets: [:])
    guard case .invalid(let problems) = try await world.admin.send(update, browser.call()) else {
      Issue.record("it was accepted")
      return
    }
    #expect(problems.map(\.message) == ["There is no group \(unknown)."])
    guard
      case .updated(let view) = try await world.admin.send(update, world.call(key: "a key", of: ada.id))
    else {
      Issue.record("it was refused")
      return
    }
    #expect(view.settings["signupDefaultUserGroupIDs"] == #"["\#(known)"]"#)
  }

  @Test(
    "a stolen session moves neither the mail nor the door: each of these settings takes a proof of its own",
    arguments: [
      ("smtpHost", "thief.example"), ("smtpPort", "2525"), ("smtpFrom", "thief@evil.example"), ("smtpTls", "tls"),
      ("smtpSkipCertVerify", "true"), ("emailOneTimeAccessAsUnauthenticatedEnabled", "true"),
      ("emailOneTimeAccessAsAdminEnabled", "true"), ("emailsVerified", "true"), ("allowUserSignups", "open"),
      ("signupDefaultCustomClaims", #"[{"key":"role","value":"admin"}]"#),
    ])
  func powers(name: String, value: String) async throws {
    let world = try await World()
    var browser = Browser(world)
    let ada = try await browser.setUp()
    let change = Admin.UpdateSettings(values: [name: value], secrets: [:])
    let back = Admin.UpdateSettings(values: [:], secrets: [:])
    #expect(ApplicationSettings.definition(name)?.givesPower == true)
    #expect(try await world.admin.send(change, browser.call()) == .denied(.proofRequired))
    try await browser.prove(.redirectURI)
    let other = try await world.admin.send(change, browser.call())
    #expect(other == .denied(.proofRequired), "for something else")
    try await browser.prove(.settings)
    guard case .updated = try await world.admin.send(change, browser.call()),
      case .updated = try await world.admin.send(change, browser.call())
    else {
      Issue.record("it was not saved, or nothing new took a proof")
      return
    }
    #expect(try await world.admin.send(back, browser.call()) == .denied(.proofRequired))
    // An administrator's key was proven when it was made.
    guard case .updated = try await world.admin.send(back, world.call(key: "a key", of: ada.id)) else {
      Issue.record("a key was refused")
      return
    }
  }

  @Test("while the environment decides nobody saves, and afterwards the administrator's choice is back")
  func environment() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    let message = Admin.UpdateSettings(values: ["appName": "Mine"], secrets: [:])
    guard case .updated = try await world.admin.send(message, browser.call()) else {
      Issue.record("it was not saved")
      return
    }
    try await world.sql("UPDATE settings SET environment = '{\"appName\": \"Outside\"}'")
    #expect(try await world.admin.send(message, browser.call()) == .fixed)
    guard case .settings(let view) = try await world.admin.send(Admin.GetSettings(), browser.call()) else { return }
    #expect(view.settings.appName == "Outside" && view.settings.isFixed)
    try await world.sql("UPDATE settings SET environment = NULL")
    guard case .settings(let back) = try await world.admin.send(Admin.GetSettings(), browser.call()) else { return }
    #expect(back.settings.appName == "Mine" && !back.settings.isFixed)
  }

  @Test("nobody but an administrator sees or changes them")
  func denied() async throws {
    let world = try await World()
    var browser = Browser(world)
    try await browser.setUp()
    #expect(try await world.admin.send(Admin.GetSettings(), world.call()) == .denied(.notSignedIn))
    try await world.sql("UPDATE users SET is_admin = false")
    #expect(try await world.admin.send(Admin.GetSettings(), browser.call()) == .denied(.notAdministrator))
    let message = Admin.UpdateSettings(values: ["appName": "Mine"], secrets: [:])
    #expect(try await world.admin.send(message, browser.call()) == .denied(.notAdministrator))
  }
}
