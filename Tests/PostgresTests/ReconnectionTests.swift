import Foundation
import Postgres
import Synchronization
import TestKit
import Testing

/// What one caller of the storm saw.
private struct Tally: Sendable {
  var acknowledged: Set<Int> = []
  var notDone: Set<Int> = []
  var unknown: Set<Int> = []
}

private final class Flag: Sendable {
  private let value = Atomic(false)
  var isRaised: Bool { value.load(ordering: .relaxed) }
  func raise() { value.store(true, ordering: .relaxed) }
}

@Suite("a server that goes away") struct ReconnectionTests {
  @Test("a killed backend fails what was under way; the next call works", arguments: [true, false])
  func killedBackend(inLane: Bool) async throws {
    try await withDatabase({ $0.poolSize = 1 }) { (database: Database) async throws in
      let gate = try await Gate.closed(database)
      let slow = Task {
        if inLane { _ = try await database.read(PassGate()) } else { _ = try await database.write(PassGate()) }
      }
      try await eventually { try await gate.isReached() }
      let session = try await Session.open(database.configuration)
      let process = try #require(try await session.run(Running(marker: "/* gate */")).rows.first)
      try await session.run(Terminate(process: process))
      let refusal = await #expect(throws: DatabaseFailure.self) { try await slow.value }
      #expect(refusal?.kind == .unavailable)
      // The lane cannot write, so its loss is certain; a write may have been committed.
      #expect(refusal?.outcome == (inLane ? .notDone : .unknown))
      #expect(try await database.first(Echo(number: 1)) == 1)
      #expect(try await database.search(WhoAmI()).count == 1)
      await session.close()
      await gate.open()
    }
  }

  @Test("a connection that died while it was idle costs nobody anything")
  func killedIdle() async throws {
    try await withDatabase({ $0.poolSize = 1 }, setUp: noteTable) { (database: Database) async throws in
      for id in 1...5 {
        let (read, write) = (try await database.first(WhoAmI()), try await database.search(WhoAmI()).first)
        let session = try await Session.open(database.configuration)
        for process in [read, write] { try await session.run(Terminate(process: process ?? 0)) }
        await session.close()
        #expect(try await database.first(Echo(number: 1)) == 1)
        try await database.write(AddNote(id: id))
      }
    }
  }

  @Test("without a server a call fails after the waiting time, with the reason and not the password")
  func noServer() async throws {
    var configuration = DatabaseConfiguration(
      host: "/tmp/no-such-folder", user: "u", password: "hunter2", database: "d")
    configuration.waitTimeout = .milliseconds(300)
    let database = Database(configuration, logger: quiet)
    for refusal in [
      await failure({ () async throws(DatabaseFailure) in try await database.first(Echo(number: 1)) }),
      await failure({ () async throws(DatabaseFailure) in try await database.write(WhoAmI()) }),
    ] {
      #expect(refusal?.kind == .unavailable)
      #expect(refusal?.outcome == .notDone)
      #expect(refusal?.message.contains("/tmp/no-such-folder") == true)
      #expect(refusal?.message.contains("hunter2") == false)
    }
    await database.close()
  }

  @Test("a wrong password, a name that does not exist: the reason is said")
  func reasons() async throws {
    var wrong = try await ClusterForTests.freshDatabase().with(password: "hunter2")
    wrong.waitTimeout = .seconds(2)
    let refused = await failure { () async throws(DatabaseFailure) in try await Session.open(wrong) }
    #expect(refused?.kind == .unavailable)
    #expect(refused?.message.contains("password authentication failed") == true)
    #expect(refused?.message.contains("hunter2") == false)
    let nowhere = DatabaseConfiguration(host: "no-such-host.invalid", user: "u", password: "hunter2", database: "d")
    let unresolved = await failure { () async throws(DatabaseFailure) in try await Session.open(nowhere) }
    #expect(unresolved?.kind == .unavailable)
    #expect(unresolved?.message.contains("cannot resolve the host no-such-host.invalid") == true)
  }

  @Test("a server that accepts and stays silent is given up after the time for connecting")
  func silentServer() async throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = bind(listener, generic, length)
        _ = listen(listener, 5)
        _ = getsockname(listener, generic, &length)
        return Int(UInt16(bigEndian: pointer.pointee.sin_port))
      }
    }
    var configuration = DatabaseConfiguration(host: "127.0.0.1", port: port, user: "u", database: "d")
    configuration.connectTimeout = .milliseconds(300)
    let refusal = await failure { () async throws(DatabaseFailure) in try await Session.open(configuration) }
    #expect(refusal?.message == "no connection within the time allowed")
  }

  /// A server of its own, also on TCP, that may be stopped and started.
  private func options(_ name: String, port: Int) -> ClusterOptions {
    var options = ClusterOptions(directory: "/tmp/latchkey-tests-\(ProcessInfo.processInfo.processIdentifier)-\(name)")
    options.settings = ["fsync": "off", "listen_addresses": "127.0.0.1", "port": String(port)]
    return options
  }

  @Test("a restart under load: what was acknowledged is there, what was not done is not, and everything goes on")
  func restart() async throws {
    let options = options("restart", port: 20_000 + Int(getpid()) % 10_000)
    defer { try? FileManager.default.removeItem(atPath: options.directory) }
    var cluster = try await LocalCluster.start(options)
    try await script(noteTable, cluster.superuser)
    // Once by socket, once by name and TCP.
    var tcp = cluster.superuser
    tcp.host = "localhost"
    let databases = [cluster.superuser, tcp].map { configuration in
      var configuration = configuration
      configuration.waitTimeout = .seconds(60)
      return Database(configuration, logger: quiet)
    }
    let storm = Flag()
    let callers = Task {
      await withTaskGroup(of: Tally.self) { group in
        for caller in 0..<12 {
          let database = databases[caller % 2]
          group.addTask { await Self.work(caller, database, until: storm) }
        }
        return await group.reduce(into: Tally()) { all, one in
          all.acknowledged.formUnion(one.acknowledged)
          all.notDone.formUnion(one.notDone)
          all.unknown.formUnion(one.unknown)
        }
      }
    }
    for _ in 0..<2 {
      let before = try await databases[0].search(ListNotes()).count
      try await eventually { try await databases[0].search(ListNotes()).count > before + 20 }
      await cluster.stop()
      cluster = try await LocalCluster.start(options)
    }
    let before = try await databases[0].search(ListNotes()).count
    try await eventually { try await databases[1].search(ListNotes()).count > before + 20 }
    storm.raise()
    let tally = await callers.value

    let present = Set(try await databases[0].search(ListNotes()))
    #expect(tally.acknowledged.isSubset(of: present))
    #expect(tally.notDone.isDisjoint(with: present))
    #expect(present.subtracting(tally.acknowledged).isSubset(of: tally.unknown))
    print(
      "restart: \(tally.acknowledged.count) acknowledged, \(tally.notDone.count) not done, \(tally.unknown.count) unknown"
    )
    for database in databases { await database.close() }
    await cluster.stop()
  }

  /// Writes and reads until it is told to stop; every note has a number of its own.
  private static func work(_ caller: Int, _ database: Database, until storm: Flag) async -> Tally {
    var (tally, number) = (Tally(), 0)
    while !storm.isRaised {
      number += 1
      let id = caller * 1_000_000 + number
      let lost = await failure { () async throws(DatabaseFailure) in
        if number % 3 == 0 {
          try await Self.inTransaction(id, database)
        } else {
          try await database.write(AddNote(id: id))
        }
      }
      switch lost?.outcome {
      case nil: tally.acknowledged.insert(id)
      case .notDone: tally.notDone.insert(id)
      case .unknown: tally.unknown.insert(id)
      }
      if let lost { #expect(lost.kind == .unavailable, "\(lost)") }
      let read = await failure { () async throws(DatabaseFailure) in try await database.first(NoteText(id: id)) }
      if let read { #expect(read.outcome == .notDone) }
    }
    return tally
  }

  private static func inTransaction(_ id: Int, _ database: Database) async throws(DatabaseFailure) {
    do {
      try await database.transaction { try await $0.write(AddNote(id: id)) }
    } catch let failure as DatabaseFailure {
      throw failure
    } catch {
      Issue.record(error)
    }
  }

  @Test("sslmode reaches libpq: a server without TLS is refused where TLS is required")
  func sslmode() async throws {
    let options = options("tls", port: 30_000 + Int(getpid()) % 10_000)
    defer { try? FileManager.default.removeItem(atPath: options.directory) }
    let cluster = try await LocalCluster.start(options)
    var configuration = cluster.superuser
    configuration.host = "127.0.0.1"
    configuration.parameters = ["sslmode": "require"]
    let refusal = await failure { () async throws(DatabaseFailure) in try await Session.open(configuration) }
    #expect(refusal?.message.contains("SSL") == true)
    configuration.parameters = ["sslmode": "disable"]
    #expect(
      await failure { () async throws(DatabaseFailure) in await (try Session.open(configuration)).close() } == nil)
    await cluster.stop()
  }
}
