import Foundation
import LatchkeyProtocol
import Logging
import ServiceKit
import Testing
import Transport

@Suite("The environment")
struct EnvironmentTests {
  @Test("unset and empty variables give the default")
  func defaults() throws {
    let environment = Environment(["APP_NAME": "", "PORT": ""])
    let (name, port, url) = try environment.read(Settings.appName, Settings.port, Settings.appURL)
    #expect(name == "Latchkey")
    #expect(port == 1411)
    #expect(url.issuer == "http://localhost:1411")
  }

  @Test("HOST takes an IPv6 address with or without brackets, and nothing else in them")
  func host() throws {
    for (text, host) in [
      (nil, "0.0.0.0"), ("::1", "::1"), ("[::]", "::"), ("[2001:db8::1]", "2001:db8::1"), ("localhost", "localhost"),
    ] as [(String?, String)] {
      #expect(try Environment(["HOST": text ?? ""]).read(Settings.host) == host)
    }
    for text in ["[]", "[127.0.0.1]", "[localhost]", "[::"] {
      let failure = #expect(throws: ConfigurationFailure.self) { try Environment(["HOST": text]).read(Settings.host) }
      #expect(failure?.problems.first?.hasPrefix("HOST is \"\(text)\"; expected a name or an IP address") == true)
    }
  }

  @Test("what listens on every address is found at the loopback address of its kind, anything else where it is")
  func nearby() {
    for (host, nearby) in [
      ("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("127.0.0.2", "127.0.0.2"), ("::1", "::1"), ("id.local", "id.local"),
    ] { #expect(ListenHost.nearby(host) == nearby) }
    #expect(ListenHost.text("::1", port: 80) == "[::1]:80" && ListenHost.text("127.0.0.1", port: 80) == "127.0.0.1:80")
  }

  @Test("every problem is listed at once, each naming its variable, its value and what was expected")
  func allProblems() throws {
    let environment = Environment(["PORT": "70000", "APP_URL": "ftp://x", "LOG_LEVEL": "loud"])
    let failure = try #require(throws: ConfigurationFailure.self) {
      _ = try environment.read(Settings.port, Settings.appURL, Settings.logLevel, Settings.databaseConnectionString)
    }
    #expect(failure.problems.count == 4)
    #expect(failure.problems[0] == "PORT is \"70000\"; expected a whole number from 0 to 65535")
    #expect(failure.problems[1].hasPrefix("APP_URL is \"ftp://x\"; expected an http or https address"))
    #expect(failure.problems[2].hasPrefix("LOG_LEVEL is \"loud\""))
    #expect(failure.problems[3].hasPrefix("DB_CONNECTION_STRING is not set; expected"))
  }

  @Test(
    "the database's schema is a plain name of our own",
    arguments: [
      "Latchkey", "1st", "_x", "a-b", "a b", "a\"b", "schéma", "pg_catalog", "information_schema",
      String(repeating: "a", count: 64),
    ])
  func schemaNames(_ name: String) throws {
    #expect(try Environment([:]).read(Settings.databaseSchema) == "latchkey")
    #expect(try Environment(["DB_SCHEMA": "identity_2"]).read(Settings.databaseSchema) == "identity_2")
    let failure = try #require(throws: ConfigurationFailure.self) {
      _ = try Environment(["DB_SCHEMA": name]).read(Settings.databaseSchema)
    }
    #expect(failure.problems.first?.hasPrefix("DB_SCHEMA is \"\(name)\"; expected a lower-case letter") == true)
  }

  @Test("a secret's value never shows in a problem")
  func secretProblem() throws {
    let setting = Setting<Int>("PIN", help: "", expecting: "a number", isSecret: true) { Int($0) }
    let failure = try #require(throws: ConfigurationFailure.self) {
      _ = try Environment(["PIN": "hunter2"]).read(setting)
    }
    #expect(failure.problems == ["PIN has a value that does not fit; expected a number"])
  }

  @Test("a file's contents are trimmed, or kept to the last byte, as the setting says; the file wins over the variable")
  func files() throws {
    let path = NSTemporaryDirectory() + "setting-\(UUID())"
    try AtomicFile.write(" from file \n", to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let environment = Environment(["A": "plain", "A_FILE": path])
    let trimmed = Setting("A", help: "", expecting: "text", file: .trimmed) { $0 }
    let exact = Setting<[UInt8]>(bytes: "A", help: "", expecting: "bytes", file: .exact) { $0 }
    let none = Setting("A", help: "", expecting: "text") { $0 }
    let (a, b, c) = try environment.read(trimmed, exact, none)
    #expect(a == "from file")
    #expect(b == Array(" from file \n".utf8))
    #expect(c == "plain")
  }

  @Test("a file that cannot be read is a problem that names variable and path")
  func missingFile() throws {
    let setting = Setting("A", help: "", expecting: "text", file: .trimmed) { $0 }
    let failure = try #require(throws: ConfigurationFailure.self) {
      _ = try Environment(["A_FILE": "/nowhere/at/all"]).read(setting)
    }
    #expect(failure.problems[0].hasPrefix("A_FILE names /nowhere/at/all, which cannot be read"))
  }

  @Test(
    "flags take the usual words", arguments: [("1", true), ("TRUE", true), ("t", true), ("0", false), ("False", false)])
  func flags(text: String, value: Bool) throws {
    #expect(try Environment(["F": text]).read(Setting<Bool>.flag("F", help: "")) == value)
  }

  @Test("levels are Pocket ID's", arguments: [("warn", Logger.Level.warning), ("ERROR", .error), ("debug", .debug)])
  func levels(text: String, level: Logger.Level) throws {
    #expect(try Environment(["LOG_LEVEL": text]).read(Settings.logLevel) == level)
  }

  @Test("several addresses of a service are separated by commas")
  func addresses() throws {
    let value = try Environment(["OIDC_ADDRESS": "oidc-1:1500,[::1]:1501"]).read(Settings.addresses(.oidc))
    #expect(value == [ServiceAddress(host: "oidc-1", port: 1500), ServiceAddress(host: "::1", port: 1501)])
  }

  @Test("variables of a file fill only gaps; an empty variable is a gap")
  func gaps() {
    let environment = Environment(["A": "1", "B": ""]).fillingGaps(from: ["A": "2", "B": "3", "C": "4"])
    #expect(environment.all == ["A": "1", "B": "3", "C": "4"])
  }
}
