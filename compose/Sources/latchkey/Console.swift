import ArgumentParser
import Foundation
import Launcher
import ServiceKit

/// How commands report and exit.
enum Console {
  /// The process's variables, and those of `.env` where they are unset.
  static func environment() throws(ExitCode) -> ServiceKit.Environment {
    do { return Environment.process.fillingGaps(from: try DotEnv.read(".env")) } catch { throw failure(error) }
  }

  /// A line of the answer.
  static func print(_ line: String) {
    LogWriter.standardOutput.write(line)
    LogWriter.standardOutput.flush()
  }

  /// A line about progress.
  static func note(_ line: String) {
    LogWriter.standardError.write(line)
    LogWriter.standardError.flush()
  }

  /// Says what is about to happen and asks for confirmation; anything but yes ends the command.
  static func confirm(_ warning: String, unless isAgreed: Bool) throws(ExitCode) {
    if isAgreed { return }
    note(warning)
    note("Continue? [y/N]")
    let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
    guard let answer, ["y", "yes"].contains(answer) else {
      note("Aborted")
      throw ExitCode(ExitStatus.failure)
    }
  }

  /// Reports what is wrong; throw the result.
  static func failure(_ error: any Error) -> ExitCode {
    note("\(error)")
    return exitCode(for: error)
  }

  /// 78 where only another configuration can help, 1 otherwise.
  static func exitCode(for error: any Error) -> ExitCode {
    let isConfiguration =
      switch error {
      case is ConfigurationFailure, is KeySource.Failure, is DotEnv.Failure: true
      case let failure as StartFailure: failure.isConfiguration
      default: false
      }
    return ExitCode(isConfiguration ? ExitStatus.configuration : ExitStatus.failure)
  }
}
