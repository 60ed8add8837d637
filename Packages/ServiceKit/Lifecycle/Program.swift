public import Logging

/// A long-running executable: its name, its settings, and how it starts.
public struct Program: Sendable {
  /// What a program gets before it starts its own work.
  public struct Context: Sendable {
    public let environment: Environment
    public let logger: Logger
  }

  /// Its name in logs and in `--help`.
  public let name: String
  /// One or two sentences for `--help`.
  public let summary: String
  /// The variables that it reads, beside those of every program.
  public let settings: [any DescribedSetting]
  let start: @Sendable (Context) async throws -> Running

  /// - Parameter start: brings everything up and returns when it is ready. It is cancelled if the program is asked to
  ///   stop meanwhile. An error that it throws ends the program: a `ConfigurationFailure` with exit code 78, any other
  ///   with 1; its description is the sentence that the operator reads.
  public init(
    name: String, summary: String, settings: [any DescribedSetting],
    start: @escaping @Sendable (Context) async throws -> Running
  ) {
    self.name = name
    self.summary = summary
    self.settings = settings
    self.start = start
  }
}

/// A running program.
public struct Running: Sendable {
  /// Where it listens, for the ready file.
  public let address: String
  /// Where its database's socket is, if it uses one.
  let socketFolder: String?
  let drain: @Sendable (Duration) async -> Void
  let failed: @Sendable () async -> (any Error)?

  /// - Parameters:
  ///   - socketFolder: where its database's socket is, if it uses one.
  ///   - drain: takes no new work, finishes what is in flight within the duration, and returns.
  ///   - failed: returns an error when the program cannot continue; by default that does not happen. It is cancelled at
  ///     the drain.
  public init(
    address: String, socketFolder: String? = nil, drain: @escaping @Sendable (Duration) async -> Void,
    failed: @escaping @Sendable () async -> (any Error)? = { nil }
  ) {
    self.address = address
    self.socketFolder = socketFolder
    self.drain = drain
    self.failed = failed
  }
}
