import ArgumentParser
import Launcher

/// `latchkey encryption-key-rotate`.
struct EncryptionKeyRotate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encryption-key-rotate",
    abstract: "Change ENCRYPTION_KEY: everything that is sealed with it is sealed with another.",
    discussion: """
      Stop Latchkey everywhere first, and run it with the same DATA_DIR,
      ENCRYPTION_KEY and DB_CONNECTION_STRING. It all happens in one transaction: if
      anything fails, the old key goes on working. Afterwards only the new one does.

      A key that Latchkey made itself is kept in DATA_DIR, where the new one takes
      its place; without --new-key one is made. A key of your own you change where
      you keep it, before you start Latchkey again.

      Sessions, passkeys, apps and their secrets stay. If somebody has learned the
      old key, also end the sessions, rotate the signing keys and make new secrets.

      Examples:
        latchkey encryption-key-rotate
        latchkey encryption-key-rotate --yes --new-key "$(openssl rand -base64 32)"
      """)

  @Option(help: "The new key, at least 16 bytes.")
  var newKey: String?

  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  func run() async throws {
    let environment = try Console.environment()
    try Console.confirm("From now on only the new encryption key opens what is sealed here.", unless: yes)
    do {
      let file = try await EncryptionKeyRotation.run(environment, to: newKey) { Console.note($0) }
      Console.print("Encryption key rotation completed successfully.")
      if let file {
        Console.print("The new key is in \(file). Keep a copy, and start latchkey again.")
      } else {
        Console.print("Restart latchkey with the new ENCRYPTION_KEY to use the rotated data.")
      }
    } catch {
      throw Console.failure(error)
    }
  }
}
