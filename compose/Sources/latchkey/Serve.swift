import ArgumentParser
import Launcher
import ServiceKit

/// `latchkey serve`.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run everything: the database, the migrations and the four services.",
    discussion: """
      Without DB_CONNECTION_STRING a private PostgreSQL server runs in DATA_DIR
      (default ./data). Without ENCRYPTION_KEY a key is made there on first start.
      Ctrl-C or SIGTERM finishes what is in flight and stops everything; a second
      Ctrl-C stops at once.

      Main variables: APP_URL (default http://localhost:1411), PORT, HOST, DATA_DIR,
      DB_CONNECTION_STRING, DB_SCHEMA, ENCRYPTION_KEY, TRUST_PROXY, APP_NAME,
      SESSION_DURATION, OIDC_PROCESSES, LOG_LEVEL, LOG_JSON. Secrets can also be given as files, with
      _FILE appended to the variable's name.

      Examples:
        latchkey serve
        PORT=8080 DATA_DIR=/var/lib/latchkey latchkey serve
        APP_URL=https://id.example.com TRUST_PROXY=127.0.0.1 latchkey serve
      """)

  private enum Event: Sendable {
    case started
    case failed(any Error)
    case asked(StopRequest)
    case stopped
  }

  func run() async throws {
    Signals.ignoreBrokenPipes()
    let environment = try Console.environment()
    let isJSON: Bool
    let isSupervised: Bool
    do { (isJSON, isSupervised) = try environment.read(Settings.logJSON, Settings.supervised) } catch {
      throw Console.failure(error)
    }
    let log = LogStream(isJSON: isJSON)
    let launch = Launch(environment: environment, log: log)
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let requests = StopRequest.stream(isSupervised: isSupervised)
    Task { for await request in requests { continuation.yield(.asked(request)) } }
    let starting = Task {
      do {
        try await launch.start()
        continuation.yield(.started)
      } catch {
        continuation.yield(.failed(error))
      }
    }
    var failure: ExitCode?
    var isStopping = false
    var firstAsked: ContinuousClock.Instant?
    let stop = {
      isStopping = true
      Task {
        // A start in progress must end before it can be taken down.
        await starting.value
        await launch.stop()
        continuation.yield(.stopped)
      }
    }
    for await event in events {
      switch event {
      case .started: break
      case .failed(let error):
        if isStopping { continue }
        log.fail("\(error)")
        failure = Console.exitCode(for: error)
        _ = stop()
      case .asked(let request):
        // Some tools send the signal to the process and to its group: that is one request.
        if let firstAsked, firstAsked.duration(to: .now) < StopRequest.oneRequest { continue }
        if isStopping, firstAsked != nil {
          log.warn("Stopping at once: \(request)")
          await launch.abandon()
          log.flush()
          throw ExitCode(ExitStatus.failure)
        }
        firstAsked = .now
        starting.cancel()
        if !isStopping { _ = stop() }
      case .stopped:
        log.flush()
        if let failure { throw failure }
        return
      }
    }
  }
}
