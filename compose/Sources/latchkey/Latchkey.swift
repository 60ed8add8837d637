// The command line. It parses arguments and calls the launcher or the Store; it must not know any rule of OAuth or
// WebAuthn.

import ArgumentParser
import Launcher
import ServiceKit

/// `latchkey`, by default `latchkey serve`.
@main
struct Latchkey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latchkey",
    abstract: "A passkey-first OpenID Connect provider that you run yourself.",
    discussion: """
      Without a sub-command it serves. Configuration comes from environment
      variables; a file .env in the working folder is read for those that are unset.

      Examples:
        latchkey
        APP_URL=https://id.example.com latchkey serve
        latchkey one-time-access-token alice
      """,
    version: "latchkey \(Product.version)",
    subcommands: [
      Serve.self, Migrate.self, Healthcheck.self, OneTimeAccessToken.self, OpenSetup.self, KeyRotate.self,
      KeyRevoke.self,
      EncryptionKeyRotate.self, Audit.self, Version.self,
    ],
    defaultSubcommand: Serve.self)
}

/// `latchkey version`.
struct Version: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the version.",
    discussion: """
      Example:
        latchkey version
      """)

  func run() { Console.print("latchkey \(Product.version)") }
}
