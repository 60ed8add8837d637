import ArgumentParser
import Launcher

/// `latchkey migrate`.
struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the database to this version's schema, with the services' roles and grants.",
    discussion: """
      `latchkey serve` does this by itself. Run it apart where the services are
      started one by one, with the credentials of the tables' owner in
      DB_CONNECTION_STRING. The tables are in a schema of their own (DB_SCHEMA,
      default latchkey): making it takes the right CREATE on the database.

      Example:
        export DB_CONNECTION_STRING=postgresql://latchkey:secret@db/latchkey
        ENCRYPTION_KEY_FILE=/run/secrets/key latchkey migrate
      """)

  func run() async throws {
    let environment = try Console.environment()
    do {
      try await CommandContext.with(environment) { place in
        _ = try await Preparation.run(
          owner: place.owner, keySource: place.keySource, found: place.key, opensSetup: false
        ) { Console.note($0) }
      }
      Console.print("The database is up to date.")
    } catch {
      throw Console.failure(error)
    }
  }
}
