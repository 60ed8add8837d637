import Foundation
import Logging
import Synchronization

/// A private PostgreSQL server that we make, start, watch and stop, reachable only through a Unix socket.
///
/// All its files are in one folder: `data`, `server.log`, the socket, `superuser-password` (readable by the launcher's
/// user), `lock`. However the launcher exits, the server is stopped; whatever a killed launcher left running is ended
/// at the next start.
public final class LocalCluster: Sendable {
  /// The folder that was asked for, and the one that is used (see `ClusterOptions.fallbackRoot`).
  public let wantedDirectory: String
  public let directory: String
  /// How the superuser connects; `with(database:user:password:)` derives other configurations from it.
  public let superuser: DatabaseConfiguration

  private let options: ClusterOptions
  private let place: ClusterPlace
  private let lock: ClusterLock
  private let child: ChildProcess

  private init(
    _ options: ClusterOptions, _ place: ClusterPlace, _ lock: ClusterLock, _ child: ChildProcess,
    _ superuser: DatabaseConfiguration
  ) {
    (self.options, self.place, self.lock, self.child, self.superuser) = (options, place, lock, child, superuser)
    wantedDirectory = place.wanted
    directory = place.base
  }

  /// Makes the cluster if there is none, ends any server that a killed launcher left running, starts the server and
  /// waits until it answers.
  public static func start(
    _ options: ClusterOptions, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws(ClusterFailure) -> LocalCluster {
    let user = try ServerUser.choose(options.unprivilegedUser)
    let place = try ClusterPlace.choose(options, user)
    if place.base != place.wanted {
      progress(
        "\(place.wanted) cannot be reached by the database's user \(user.name): its data is in \(place.base) instead")
    }
    try place.prepare(user)
    let lock = try ClusterLock(place.lock)
    try await endLeftover(place, options, progress)

    let binaries = try ServerBinaries.find(majorVersion: place.dataVersion)
    if !place.hasData {
      progress("Making a database cluster in \(place.data) (PostgreSQL \(binaries.majorVersion))")
      try await ClusterMaker(place: place, user: user, binaries: binaries, isEphemeral: options.isEphemeral).make()
    }
    let socket = try place.socketDirectory(user)
    place.shortenLog()
    let server =
      user.prefix + [binaries.path("postgres"), "-D", place.data]
      + options.serverSettings(socketDirectory: socket, toGroup: user.stepsDown)
      .flatMap { ["-c", "\($0.0)=\($0.1)"] }
    let child = try ChildProcess(
      GuardScript.command(
        signal: options.isEphemeral ? "QUIT" : "INT", remove: options.isEphemeral ? place.base : nil, server: server),
      environment: ClusterMaker.environment, output: place.log)
    progress("Starting PostgreSQL \(binaries.majorVersion) on \(place.data)")
    let superuser = DatabaseConfiguration(
      host: socket, port: options.settings["port"].flatMap { Int($0) } ?? 5432, user: "postgres",
      password: try place.password(), database: "postgres")
    let cluster = LocalCluster(options, place, lock, child, superuser)
    do throws(ClusterFailure) {
      try await cluster.waitUntilReady()
    } catch {
      await cluster.stop()
      throw error
    }
    progress("PostgreSQL is ready")
    return cluster
  }

  /// Waits until the server has exited, through `stop()` or by itself. After that, `start` may be called again.
  public func waitForExit() async -> ChildExit { await child.waitForExit() }

  /// Stops the server cleanly: sessions are ended, everything is on disk. If that takes too long, the server is shut
  /// down immediately, which costs only a recovery at the next start.
  public func stop() async {
    child.closeInput()
    if let postmaster = Postmaster.running(on: place.data) {
      postmaster.send(options.isEphemeral ? SIGQUIT : SIGINT)
      await Self.waitForEnd(of: postmaster, options.stopTimeout)
      postmaster.send(SIGQUIT)
      await Self.waitForEnd(of: postmaster, .seconds(5))
    }
    _ = await child.waitForExit()
    lock.release()
  }

  /// The process id of the server's main process, while it runs.
  package var serverProcess: Int32? { Postmaster.running(on: place.data)?.id }

  /// The guard's process id.
  package var guardProcess: Int32 { child.id }

  /// Does what the kernel does when the launcher is killed: closes its pipe, releases its lock.
  package func vanish(closingPipe: Bool = true) {
    if closingPipe { child.closeInput() }
    lock.release()
  }

  private func waitUntilReady() async throws(ClusterFailure) {
    let deadline = ContinuousClock.now + options.startTimeout
    var complaint = ""
    while ContinuousClock.now < deadline {
      if let exit = child.exit {
        throw ClusterFailure("PostgreSQL ended at its start (\(exit)). The end of its log:\n\(place.logTail())")
      }
      do throws(DatabaseFailure) {
        await (try Session.open(superuser)).close()
        return
      } catch {
        complaint = error.message
        if error.kind == .cancelled { throw ClusterFailure("The start of PostgreSQL was cancelled.") }
      }
      try? await Task.sleep(for: .milliseconds(20))
    }
    throw ClusterFailure("PostgreSQL did not answer within \(options.startTimeout): \(complaint)\n\(place.logTail())")
  }

  /// We hold the lock, so a server running here belongs to a launcher that has exited.
  private static func endLeftover(
    _ place: ClusterPlace, _ options: ClusterOptions, _ progress: @Sendable (String) -> Void
  ) async throws(ClusterFailure) {
    if let postmaster = Postmaster.running(on: place.data) {
      progress("Stopping the PostgreSQL that an earlier run left behind (process \(postmaster.id))")
      postmaster.send(SIGINT)
      await waitForEnd(of: postmaster, options.stopTimeout)
      postmaster.send(SIGQUIT)
      await waitForEnd(of: postmaster, .seconds(5))
      guard !postmaster.isRunning else {
        throw ClusterFailure("The PostgreSQL of an earlier run (process \(postmaster.id)) does not stop.")
      }
    }
    Postmaster.removeStaleFile(place.data)
  }

  private static func waitForEnd(of postmaster: Postmaster, _ limit: Duration) async {
    let deadline = ContinuousClock.now + limit
    while postmaster.isRunning, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(10)) }
  }
}
