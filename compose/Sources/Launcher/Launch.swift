import Foundation
import LatchkeyProtocol
import Postgres
public import ServiceKit
import ServiceStore

/// One run of `latchkey serve`.
public actor Launch {
  static let services: [Peer] = [.auth, .oidc, .admin]
  /// Docker kills after ten seconds; the gateway and then the services get most of that.
  static let gatewayGrace = Duration.seconds(5)
  static let serviceGrace = Duration.milliseconds(4500)

  /// How long a start waits for its port.
  static let portPatience = Duration.seconds(10)

  private let environment: Environment
  private let log: LogStream
  private let executables: String
  private var supervisor: Supervisor?
  /// The processes of auth, oidc and admin that were started, by name.
  private var serviceNames: [String] = []
  private var cluster: LocalCluster?
  private var clusterKeeper: Task<Void, Never>?
  private var lock: LaunchLock?

  /// - Parameters:
  ///   - environment: the operator's, `.env` included.
  ///   - executables: the folder of the service programs.
  public init(environment: Environment, log: LogStream, executables: String = Executables.folder) {
    self.environment = environment
    self.log = log
    self.executables = executables
  }

  /// Brings everything up; returns when the gateway answers.
  public func start() async throws {
    let began = ContinuousClock.now
    let settings = try ServeSettings(environment)
    let programs = try Dictionary(
      uniqueKeysWithValues: (Self.services + [.gateway]).map { peer in
        (peer, try Executables.path(of: peer.rawValue, in: executables))
      })
    try FileManager.default.createDirectory(atPath: settings.folder, withIntermediateDirectories: true)
    let lock = try LaunchLock(folder: settings.folder)
    self.lock = lock
    say("Latchkey \(Product.version); data in \(settings.folder)")
    let leftovers = await lock.endLeftovers()
    if leftovers > 0 { say("Ended \(leftovers) services that an earlier run left behind") }
    // Before the database is started for nothing.
    try await waitForPort(settings)
    let keySource = KeySource(folder: settings.folder)
    let found = try keySource.find(in: environment)

    let preparation = try await prepareDatabase(settings, keySource, found)
    let ports = try pickPorts(settings)
    let services = ServiceEnvironment(
      operator: environment, appURL: settings.appURL, preparation: preparation, ports: ports, host: settings.host,
      port: settings.port)
    let run = settings.folder + "/run"
    try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
    let supervisor = Supervisor(lock: lock, log: log)
    self.supervisor = supervisor
    func start(_ peer: Peer, _ name: String, _ values: [String: String]) async throws {
      guard let program = programs[peer] else { return }
      try await supervisor.start(
        ServiceSpecification(name: name, executable: program, environment: values, readyFile: "\(run)/\(name).address"))
    }
    for peer in Self.services {
      for (index, port) in (ports[peer] ?? []).enumerated() {
        let name = index == 0 ? peer.rawValue : "\(peer.rawValue)-\(index + 1)"
        serviceNames.append(name)
        try await start(peer, name, services.service(peer, port: port))
      }
    }
    try await start(.gateway, Peer.gateway.rawValue, services.gateway())
    say("Ready after \(began.duration(to: .now).inSeconds.formatted(.number.precision(.fractionLength(1)))) s")
    let advice = Advice(
      appURL: settings.appURL, port: settings.port, setupCode: preparation.setupCode,
      reader: Advice.Reader(environment: environment))
    for line in advice.lines { say(line) }
  }

  /// Takes everything down in order: the gateway, so that nothing new comes in; the services; the database.
  public func stop() async {
    // Nothing was started that would have to be stopped.
    guard supervisor != nil || cluster != nil else { return }
    say("Stopping")
    await supervisor?.stop([Peer.gateway.rawValue], grace: Self.gatewayGrace)
    await supervisor?.stop(serviceNames, grace: Self.serviceGrace)
    clusterKeeper?.cancel()
    await cluster?.stop()
    say("Stopped")
  }

  /// Ends the services at once. The private database server ends by itself when this process does.
  public func abandon() async { await supervisor?.killAll() }

  /// A port for every process of every service.
  private func pickPorts(_ settings: ServeSettings) throws -> [Peer: [Int]] {
    var left = try FreePorts.pick(Self.services.count + settings.oidcProcesses - 1)[...]
    var ports: [Peer: [Int]] = [:]
    for peer in Self.services {
      let count = peer == .oidc ? settings.oidcProcesses : 1
      ports[peer] = Array(left.prefix(count))
      left = left.dropFirst(count)
    }
    return ports
  }

  /// Reports an obstacle at once, then gives it a while: an earlier run may be about to exit.
  private func waitForPort(_ settings: ServeSettings) async throws {
    let deadline = ContinuousClock.now + Self.portPatience
    var isFirst = true
    while let obstacle = FreePorts.obstacle(host: settings.host, port: settings.port) {
      let sentence = "Latchkey cannot listen on \(ListenHost.text(settings.host, port: settings.port)): \(obstacle)."
      guard ContinuousClock.now < deadline else { throw LaunchFailure("\(sentence) Choose another PORT or HOST.") }
      if isFirst { log.warn("\(sentence) Trying for \(Int(Self.portPatience.inSeconds)) seconds") }
      isFirst = false
      try await Task.sleep(for: .milliseconds(250))
    }
  }

  private func prepareDatabase(
    _ settings: ServeSettings, _ keySource: KeySource, _ found: KeySource.Found?
  ) async throws -> Preparation {
    let log = log
    let source = DatabaseSource(
      connection: settings.connection, folder: settings.folder, schema: settings.schema)
    let opened = source.isPrivate ? try await source.start { log.say($0) } : try await source.open { log.say($0) }
    cluster = opened.cluster
    try Task.checkCancellation()
    if opened.cluster != nil { clusterKeeper = Task { await keepCluster(source) } }
    return try await Preparation.run(owner: opened.owner, keySource: keySource, found: found, opensSetup: true) {
      log.say($0)
    }
  }

  /// Restarts the private server when it ends by itself; the services reconnect by themselves.
  private func keepCluster(_ source: DatabaseSource) async {
    var backoff = Backoff()
    let log = log
    while let running = cluster {
      let began = ContinuousClock.now
      let exit = await running.waitForExit()
      if Task.isCancelled { return }
      log.warn("PostgreSQL ended (\(exit)); starting it again")
      cluster = nil
      // Its lock is released with it.
      await running.stop()
      while cluster == nil {
        do {
          try await Task.sleep(for: backoff.pause(afterRunning: began.duration(to: .now)))
          cluster = try await source.start { log.say($0) }.cluster
        } catch {
          if Task.isCancelled { return }
          log.warn("\(error)")
        }
      }
    }
  }

  private func say(_ sentence: String) { log.say(sentence) }
}
