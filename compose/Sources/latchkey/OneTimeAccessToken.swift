import ArgumentParser
import Launcher

/// `latchkey one-time-access-token`.
struct OneTimeAccessToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "one-time-access-token",
    abstract: "Make a link that signs a user in once, for one hour.",
    discussion: """
      For somebody who has lost every passkey. Run it with the same DATA_DIR,
      ENCRYPTION_KEY, DB_CONNECTION_STRING and APP_URL as `latchkey serve`, which
      may be running.

      Examples:
        latchkey one-time-access-token alice
        latchkey one-time-access-token alice@example.com
      """)

  @Argument(help: ArgumentHelp("The user's name or e-mail address.", valueName: "username or email"))
  var login: String

  func run() async throws {
    let environment = try Console.environment()
    do {
      let link = try await CommandContext.with(environment) { place in
        try await OneTimeLink.make(for: login, place: place)
      }
      Console.print("A one-time access token valid for 1 hour has been created for \"\(link.username)\".")
      Console.print("Use the following URL to sign in once: \(link.url)")
    } catch {
      throw Console.failure(error)
    }
  }
}
