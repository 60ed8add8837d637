import ArgumentParser
import Launcher

/// `latchkey open-setup`.
struct OpenSetup: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open-setup",
    abstract: "Open the set-up page again, for one hour, to create an administrator.",
    discussion: """
      For an installation that nobody can administer any more. Whoever opens the
      printed address becomes an administrator; everybody else stays as they are.
      To let an existing user back in, use one-time-access-token instead. Run it
      with the same DATA_DIR, ENCRYPTION_KEY, DB_CONNECTION_STRING and APP_URL as
      `latchkey serve`, which may be running.

      Example:
        latchkey open-setup
      """)

  func run() async throws {
    let environment = try Console.environment()
    do {
      let url = try await CommandContext.with(environment) { place in try await SetupOpening.url(place) }
      Console.print("Set-up is open for 1 hour, or until somebody has come in.")
      Console.print("Open \(url) to create an administrator.")
    } catch {
      throw Console.failure(error)
    }
  }
}
