import Foundation
import Glibc
import ServiceKit
import ServiceStore

/// One program to keep running.
public struct ServiceSpecification: Sendable {
  public let name: String
  public let executable: String
  public let arguments: [String]
  public let environment: [String: String]
  /// Where the program writes its address once it is ready.
  public let readyFile: String

  /// - Parameter environment: what the program gets, in addition to `READY_FILE` and `LATCHKEY_SUPERVISED`.
  public init(
    name: String, executable: String, arguments: [String] = [], environment: [String: String], readyFile: String
  ) {
    self.name = name
    self.executable = executable
    self.arguments = arguments
    self.readyFile = readyFile
    self.environment = environment.merging(["READY_FILE": readyFile, "LATCHKEY_SUPERVISED": "1"]) { _, ours in ours }
  }
}

/// Why a service did not come up for the first time.
public enum StartFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// It says that its configuration is wrong (exit code 78): trying again cannot help.
  case configuration(service: String)
  case tooSlow(service: String, limit: Duration)
  case notStarted(String)

  /// Whether only another configuration can help.
  public var isConfiguration: Bool { if case .configuration = self { true } else { false } }

  public var description: String {
    switch self {
    case .configuration(let service): "\(service) cannot work with its configuration; its log above says why."
    case .tooSlow(let service, let limit):
      "\(service) was not ready within \(Int(limit.inSeconds)) seconds; its log above says why."
    case .notStarted(let reason): reason
    }
  }
}

/// Keeps services running: starts each, waits until it is ready, and restarts it when it ends without being asked to.
public actor Supervisor {
  private struct Service {
    var child: Child
    var isReady = false
    var isStopping = false
    var keeper: Task<Void, Never>?
  }

  private let lock: LaunchLock
  private let log: LogStream
  private let backoff: Backoff
  private var services: [String: Service] = [:]

  public init(lock: LaunchLock, log: LogStream, backoff: Backoff = Backoff()) {
    self.lock = lock
    self.log = log
    self.backoff = backoff
  }

  /// Starts a service and returns when it is ready.
  ///
  /// The service may end and be restarted meanwhile; after `limit`, or when it rejects its configuration, the start has
  /// failed.
  public func start(_ service: ServiceSpecification, limit: Duration = .seconds(60)) async throws(StartFailure) {
    let began = ContinuousClock.now
    do {
      services[service.name] = Service(child: try launch(service))
    } catch {
      throw .notStarted(error.description)
    }
    services[service.name]?.keeper = Task { await keep(service) }
    while services[service.name]?.isReady != true {
      if services[service.name]?.child.exit == .code(ExitStatus.configuration) {
        throw .configuration(service: service.name)
      }
      guard began.duration(to: .now) < limit else { throw .tooSlow(service: service.name, limit: limit) }
      do { try await Task.sleep(for: .milliseconds(10)) } catch { throw .notStarted("stopped while starting") }
    }
  }

  /// The process that runs now, for tests and for the record.
  public func process(of name: String) -> ProcessIdentity? {
    services[name].flatMap { ProcessIdentity(pid: $0.child.pid) }
  }

  /// Whether the service has reported that it is ready since its last start.
  public func isReady(_ name: String) -> Bool { services[name]?.isReady == true }

  /// Asks services to finish their work and exit, all at once; kills those that remain after `grace`.
  public func stop(_ names: [String], grace: Duration) async {
    var children: [Child] = []
    for name in names where services[name] != nil {
      services[name]?.isStopping = true
      services[name]?.keeper?.cancel()
      if let child = services[name]?.child { children.append(child) }
    }
    await withTaskGroup(of: Void.self) { group in
      for child in children { group.addTask { await child.stop(grace: grace) } }
    }
  }

  /// Ends everything at once.
  public func killAll() {
    for name in services.keys {
      services[name]?.isStopping = true
      services[name]?.keeper?.cancel()
      services[name]?.child.signal(SIGKILL)
    }
  }

  /// Closes the pipes to the services, as the kernel does when this process is killed. For tests.
  package func dropInputs() {
    for service in services.values { service.child.closeInput() }
  }

  private func launch(_ service: ServiceSpecification) throws(Child.Failure) -> Child {
    unlink(service.readyFile)
    let log = log
    let child = try Child(
      executable: service.executable, arguments: service.arguments, environment: service.environment
    ) { line in
      log.relay(line, from: service.name)
    }
    record(with: child)
    return child
  }

  /// The next launcher must find the services that this one leaves behind if it is killed.
  private func record(with child: Child) {
    let pids = services.values.map(\.child).filter { $0.exit == nil }.map(\.pid) + [child.pid]
    do { try lock.record(Set(pids).compactMap(ProcessIdentity.init(pid:))) } catch {
      log.warn("The list of running services cannot be kept: \(error)")
    }
  }

  /// Restarts the service each time it ends, for as long as it is wanted.
  private func keep(_ service: ServiceSpecification) async {
    var backoff = backoff
    while let child = services[service.name]?.child, services[service.name]?.isStopping == false {
      let began = ContinuousClock.now
      let watcher = Task { await watchReadiness(service, child, since: began) }
      let exit = await child.exited()
      watcher.cancel()
      services[service.name]?.isReady = false
      if services[service.name]?.isStopping != false { return }
      var pause = backoff.pause(afterRunning: began.duration(to: .now))
      log.warn("\(service.name) ended with \(exit); starting it again in \(pause.inSeconds.formatted()) s")
      var next: Child?
      while next == nil {
        do { try await Task.sleep(for: pause) } catch { return }
        do { next = try launch(service) } catch {
          pause = backoff.pause(afterRunning: .zero)
          log.warn("\(error)")
        }
      }
      if let next {
        // Nothing was awaited since the pause, so `stop` has not looked at the old child meanwhile.
        services[service.name]?.child = next
      }
    }
  }

  private func watchReadiness(_ service: ServiceSpecification, _ child: Child, since began: ContinuousClock.Instant)
    async
  {
    while child.exit == nil, !Task.isCancelled {
      if access(service.readyFile, F_OK) == 0 {
        guard services[service.name]?.child === child else { return }
        services[service.name]?.isReady = true
        log.say(
          "\(service.name) is ready (\(began.duration(to: .now).inSeconds.formatted(.number.precision(.fractionLength(1)))) s)"
        )
        return
      }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
