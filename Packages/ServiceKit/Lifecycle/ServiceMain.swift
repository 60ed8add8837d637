import Foundation
import Glibc
import Logging

/// What the `main` of every service executable calls.
public enum ServiceMain {
  /// How long a program may take to finish what is in flight.
  public static let drainLimit = Duration.seconds(4)

  /// Runs a program to its end and leaves the process: 0 when it was asked to leave, 78 when its configuration is
  /// wrong, 1 for every other failure and for a second request to leave during the drain.
  ///
  /// - Parameter arguments: the process's, without its name; only `--help` is known.
  public static func run(
    _ program: Program, arguments: [String] = Array(CommandLine.arguments.dropFirst()),
    environment: Environment = .process
  ) -> Never {
    if !arguments.isEmpty {
      let asksForHelp = arguments.contains { ["--help", "-h", "help"].contains($0) }
      if !asksForHelp {
        refuse("\(program.name) takes no arguments; see \(program.name) --help", ExitStatus.configuration)
      }
      LogWriter.standardOutput.write(Help.text(of: program))
      LogWriter.standardOutput.flush()
      exit(ExitStatus.success)
    }
    do {
      let (level, json) = try environment.read(Settings.logLevel, Settings.logJSON)
      let (readyFile, isSupervised) = try environment.read(Settings.readyFile, Settings.supervised)
      let logger = Logger.standard(service: program.name, level: level, json: json)
      Task.detached {
        let code = await live(
          program, Program.Context(environment: environment, logger: logger), readyFile: readyFile,
          isSupervised: isSupervised)
        LogWriter.standardError.flush()
        exit(code)
      }
      // An asynchronous `main` would end this thread and leave what remains of it with its old rights: see StepDown.
      while true { pause() }
    } catch {
      refuse(error.description, ExitStatus.configuration)
    }
  }

  private enum Event: Sendable {
    case started(Result<Running, any Error>)
    case asked(StopRequest)
    case failed(any Error)
    case drained
  }

  private static func live(
    _ program: Program, _ context: Program.Context, readyFile: String?, isSupervised: Bool
  ) async -> Int32 {
    Signals.ignoreBrokenPipes()
    let logger = context.logger
    let (events, continuation) = AsyncStream.makeStream(of: Event.self)
    let requests = StopRequest.stream(isSupervised: isSupervised)
    Task { for await request in requests { continuation.yield(.asked(request)) } }
    let starting = Task {
      do {
        continuation.yield(.started(.success(try await program.start(context))))
      } catch {
        continuation.yield(.started(.failure(error)))
      }
    }
    var running: Running?
    var watching: Task<Void, Never>?
    var drained: Task<Void, Never>?
    var firstAsked: ContinuousClock.Instant?
    for await event in events {
      switch event {
      case .started(.success(let started)):
        running = started
        logger.info("Ready at \(started.address)")
        do {
          if let readyFile { try AtomicFile.write(started.address + "\n", to: readyFile) }
          let trusted = try context.environment.read(Settings.trustFile)
          try StepDown.perform(socketFolder: started.socketFolder, readable: [trusted].compactMap(\.self))
        } catch {
          return fail(error, logger)
        }
        watching = Task {
          if let error = await started.failed() { continuation.yield(.failed(error)) }
        }
      case .started(.failure(let error)):
        return fail(error, logger)
      case .failed(let error):
        return fail(error, logger)
      case .drained:
        return ExitStatus.success
      case .asked(let request):
        if let firstAsked, firstAsked.duration(to: .now) < StopRequest.oneRequest { continue }
        guard drained == nil else {
          logger.warning("Leaving at once: \(request)")
          return ExitStatus.failure
        }
        firstAsked = .now
        logger.info("Leaving: \(request)")
        watching?.cancel()
        starting.cancel()
        guard let running else { return ExitStatus.success }
        drained = Task {
          await running.drain(drainLimit)
          continuation.yield(.drained)
        }
      }
    }
    return ExitStatus.success
  }

  private static func fail(_ error: any Error, _ logger: Logger) -> Int32 {
    logger.critical("\(error)")
    return error is ConfigurationFailure ? ExitStatus.configuration : ExitStatus.failure
  }

  private static func refuse(_ sentence: String, _ code: Int32) -> Never {
    LogWriter.standardError.write(sentence)
    LogWriter.standardError.flush()
    exit(code)
  }
}

/// What `--help` prints.
package enum Help {
  package static func text(of program: Program) -> String {
    let common: [any DescribedSetting] = [
      Settings.logLevel, Settings.logJSON, Settings.readyFile, Settings.supervised,
    ]
    let lines = (program.settings + common).map { setting in
      let file = setting.fileVariant == .none ? "" : " Also as \(setting.name)_FILE, naming a file."
      return "  \(setting.name)\n      \(setting.help)\(file)"
    }
    return """
      \(program.name): \(program.summary)

      Usage: \(program.name)

      It is normally started by `latchkey serve`. Its configuration comes from the environment:

      \(lines.joined(separator: "\n"))
      """
  }
}
