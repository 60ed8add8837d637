import Foundation

/// Every problem found in the configuration, so that an operator can fix them all at once.
public struct ConfigurationFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// One sentence each, naming the variable and what was expected; never a secret's value.
  public let problems: [String]

  public init(_ problems: [String]) { self.problems = problems }

  public var description: String { problems.joined(separator: "\n") }
}

/// The variables that a program was started with. An empty variable counts as unset.
public struct Environment: Sendable {
  private let values: [String: String]

  /// Tests and the launcher pass their own variables.
  public init(_ values: [String: String]) { self.values = values }

  /// The variables of this process.
  public static var process: Environment { Environment(ProcessInfo.processInfo.environment) }

  /// The variable's text, or nil where it is unset or empty.
  public subscript(name: String) -> String? {
    guard let value = values[name], !value.isEmpty else { return nil }
    return value
  }

  /// This environment with the given variables where they are unset here.
  public func fillingGaps(from others: [String: String]) -> Environment {
    Environment(values.filter { !$0.value.isEmpty }.merging(others) { mine, _ in mine })
  }

  /// All set variables, for a child process.
  public var all: [String: String] { values.filter { !$0.value.isEmpty } }

  /// Reads several settings at once.
  ///
  ///     let (url, port) = try environment.read(Settings.appURL, Settings.port)
  ///
  /// - Throws: one failure that lists every setting that is missing or does not meet its expectation.
  public func read<each Value>(_ setting: repeat Setting<each Value>) throws(ConfigurationFailure) -> (
    repeat each Value
  ) {
    var problems: [String] = []
    let outcomes = (repeat outcome(of: each setting, &problems))
    do {
      return (repeat try (each outcomes).get())
    } catch {
      throw ConfigurationFailure(problems)
    }
  }

  private func outcome<Value>(of setting: Setting<Value>, _ problems: inout [String]) -> Result<Value, SettingProblem> {
    let outcome = Result { () throws(SettingProblem) in try setting.value(in: self) }
    if case .failure(let problem) = outcome { problems.append(problem.description) }
    return outcome
  }

  /// The bytes of the variable or of the file that its `_FILE` variant names; the file wins, as it does for Pocket ID.
  func bytes(of name: String, file variant: FileVariant) throws(SettingProblem) -> [UInt8]? {
    guard variant != .none, let path = self["\(name)_FILE"] else { return self[name].map { Array($0.utf8) } }
    let content: Data
    do {
      content = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw SettingProblem("\(name)_FILE names \(path), which cannot be read: \(error.localizedDescription)")
    }
    if content.isEmpty { throw SettingProblem("\(name)_FILE names \(path), which is empty") }
    guard variant == .trimmed else { return Array(content) }
    return Array(String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).utf8)
  }
}

/// Whether a setting can also be given as a file (Docker and Kubernetes secrets), named by the variable with `_FILE`
/// appended.
public enum FileVariant: Sendable {
  case none
  /// White space around the content does not count.
  case trimmed
  /// Every byte counts, a line end too.
  case exact
}

struct SettingProblem: Error, Sendable, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
