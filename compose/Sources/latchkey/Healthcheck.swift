import ArgumentParser
import Launcher
import ServiceKit

/// `latchkey healthcheck`.
struct Healthcheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask a running Latchkey whether it works: exit code 0 or 1.",
    discussion: """
      It asks GET /healthz of the endpoint, by default of this machine where HOST and PORT say that it serves.

      Examples:
        latchkey healthcheck
        latchkey healthcheck --verbose --endpoint http://localhost:1411
      """)

  @Option(
    name: .shortAndLong,
    help: "Address of the gateway, http only (default: http://HOST:PORT, or this machine's own where HOST is all).")
  var endpoint: String?

  @Flag(name: .shortAndLong, help: "Say so when all is well.")
  var verbose = false

  func run() async throws {
    let environment = try Console.environment()
    do {
      let (host, port) = try environment.read(Settings.host, Settings.port)
      let served = ListenHost.text(ListenHost.nearby(host), port: port)
      try HealthProbe.run(endpoint: endpoint ?? "http://\(served)")
      if verbose { Console.print("Healthcheck passed") }
    } catch {
      Console.note("Healthcheck failed: \(error)")
      throw ExitCode(ExitStatus.failure)
    }
  }
}
