import ArgumentParser
import Foundation
import Launcher
import ServiceKit

/// `latchkey key-rotate`.
struct KeyRotate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key-rotate",
    abstract: "Let the next signing key sign, and retire the one that signed.",
    discussion: """
      Apps know the next key already, and the old one stays published until
      nothing that it signed can be valid: nobody has to sign in again. Run it with
      the same DATA_DIR and DB_CONNECTION_STRING as `latchkey serve`, which may be
      running: it follows within seconds, without a restart. Without --alg the
      keys of every algorithm are rotated.

      Keys rotate by themselves every SIGNING_KEY_ROTATION_DAYS days (default 90).

      Examples:
        latchkey key-rotate
        latchkey key-rotate --alg RS256 --yes
        latchkey key-rotate -a EdDSA -c Ed25519 -y
      """)

  @Option(name: .shortAndLong, help: "RS256, PS256, ES256, ES384 or EdDSA (default: all).")
  var alg: String?

  @Option(name: .shortAndLong, help: "P-256, P-384 or Ed25519: only keys on this curve.")
  var crv: String?

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  func run() async throws {
    let environment = try Console.environment()
    try Console.confirm(
      "The next signing key\(alg.map { " of \($0)" } ?? " of every algorithm") signs from now on; what was signed before stays valid.",
      unless: yes)
    do {
      let rotated = try await CommandContext.with(environment) { place in
        try await SigningKeyMoves.rotate(place, algorithm: alg, curve: crv)
      }
      Console.print("Key rotated successfully")
      for each in rotated {
        Console.print("  \(each.algorithm): \(each.signing) signs now, \(each.retired) is retired")
      }
    } catch {
      throw Console.failure(error)
    }
  }
}

/// `latchkey key-revoke`.
struct KeyRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key-revoke",
    abstract: "Remove a signing key at once, and with it everything that it signed.",
    discussion: """
      For the day on which somebody else may have a key. Every token that it signed
      is refused from now on, and apps may have to sign people in again; where it
      was the one that signs, the next one does. To replace a key without anybody
      noticing, use key-rotate. Without a name it lists the keys.

      Examples:
        latchkey key-revoke
        latchkey key-revoke Qm7v2kXo0dE --yes
      """)

  @Argument(help: ArgumentHelp("The key's name, as `kid` in a token's header has it.", valueName: "kid"))
  var kid: String?

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  func run() async throws {
    let environment = try Console.environment()
    guard let kid else { return try await list(environment) }
    try Console.confirm("Everything that the key \(kid) signed stops working now.", unless: yes)
    do {
      let next = try await CommandContext.with(environment) { place in try await SigningKeyMoves.revoke(place, id: kid)
      }
      Console.print("The key \(kid) is removed.")
      if let next { Console.print("\(next) signs in its place.") }
    } catch {
      throw Console.failure(error)
    }
  }

  private func list(_ environment: ServiceKit.Environment) async throws {
    do {
      for key in try await CommandContext.with(environment, { place in try await SigningKeyMoves.list(place) }) {
        let until = key.believedUntil.map { ", believed until \($0.formatted(.iso8601))" } ?? ""
        Console.print("\(key.algorithm)  \(key.id)  \(key.state) since \(key.since.formatted(.iso8601))\(until)")
      }
    } catch {
      throw Console.failure(error)
    }
  }
}
