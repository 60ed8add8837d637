import Foundation
import Launcher
import Testing
import TestKit

@Suite("The supervisor")
struct SupervisorTests {
  @Test("start returns once the service is ready; stop lets it drain and leave")
  func startAndStop() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    try await supervisor.start(try world.service("auth", "echo working; ready; serve"))
    #expect(await supervisor.isReady("auth"))
    let process = try #require(await supervisor.process(of: "auth"))
    await supervisor.stop(["auth"], grace: .seconds(5))
    #expect(!process.isAlive)
    await eventually("the service's last line") { world.logged.contains("auth drained") }
    #expect(world.logged.contains("auth     working"))
    #expect(!world.logged.contains("starting it again"))
  }

  @Test("a service that is killed comes back as another process")
  func restart() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    try await supervisor.start(try world.service("oidc", "ready; serve"))
    for _ in 0..<3 {
      let before = try #require(await supervisor.process(of: "oidc"))
      kill(before.pid, SIGKILL)
      await eventually("another process that is ready") {
        let now = await supervisor.process(of: "oidc")
        return await supervisor.isReady("oidc") && now != nil && now != before
      }
    }
    await eventually("a line about the end") {
      world.logged.contains("oidc ended with signal 9 (Killed); starting it again")
    }
    await supervisor.stop(["oidc"], grace: .seconds(5))
  }

  @Test("a service that fails at first is tried again until it is ready")
  func flaky() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    let flag = world.folder + "/second"
    try await supervisor.start(try world.service("auth", "[ -e \(flag) ] || { touch \(flag); exit 1; }; ready; serve"))
    await eventually("a line about the end") { world.logged.contains("auth ended with code 1") }
    await supervisor.stop(["auth"], grace: .seconds(5))
  }

  @Test("a service that refuses its configuration fails the start at once")
  func configuration() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    let service = try world.service("auth", "echo 'APP_URL is wrong'; exit 78")
    await #expect(throws: StartFailure.configuration(service: "auth")) { try await supervisor.start(service) }
    await supervisor.killAll()
  }

  @Test("a service that is never ready fails the start at the limit")
  func tooSlow() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    let service = try world.service("auth", "serve")
    let limit = Duration.milliseconds(200)
    await #expect(throws: StartFailure.tooSlow(service: "auth", limit: limit)) {
      try await supervisor.start(service, limit: limit)
    }
    await supervisor.stop(["auth"], grace: .seconds(5))
  }

  @Test("a service that does not leave is killed when its grace is over")
  func stubborn() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    try await supervisor.start(try world.service("auth", "trap '' TERM; ready; while :; do sleep 0.1; done"))
    let process = try #require(await supervisor.process(of: "auth"))
    await supervisor.stop(["auth"], grace: .milliseconds(200))
    #expect(!process.isAlive)
  }

  @Test("a missing program is said so by its path")
  func missing() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    let service = ServiceSpecification(
      name: "auth", executable: "/nowhere/auth", environment: [:], readyFile: "/tmp/none")
    await #expect(throws: StartFailure.notStarted("/nowhere/auth cannot be started: No such file or directory")) {
      try await supervisor.start(service)
    }
  }
}

@Suite("Children")
struct ChildTests {
  @Test("a child gets the given environment and none of the launcher's descriptors")
  func isolation() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    // A descriptor that some library forgot to mark.
    let leak = open("/dev/null", O_RDONLY)
    let child = try Child(
      executable: "/bin/sh", arguments: ["-c", "env | sort; ls /proc/self/fd | tr '\\n' ' '; echo"],
      environment: ["A": "1", "PATH": "/usr/bin:/bin"]
    ) { world.log.relay($0, from: "child") }
    #expect(await child.exited() == .code(0))
    close(leak)
    await eventually("the list of descriptors") { world.logged.contains("0 1 2 3") }
    #expect(world.logged.contains("A=1"))
    #expect(!world.logged.contains("HOME="))
    // 3 is `ls` reading the folder itself.
    #expect(!world.logged.contains("0 1 2 3 4"))
  }

  @Test("a child whose standard input ends knows that the launcher is gone")
  func orphan() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let supervisor = try world.supervisor()
    try await supervisor.start(try world.service("auth", "ready; read -r _; echo the launcher is gone; exit 0"))
    let process = try #require(await supervisor.process(of: "auth"))
    await supervisor.dropInputs()
    await eventually("the end") { !process.isAlive && world.logged.contains("the launcher is gone") }
    await supervisor.stop(["auth"], grace: .seconds(5))
  }

  @Test("the exit's code and signal are told apart")
  func exits() async throws {
    let three = try Child(executable: "/bin/sh", arguments: ["-c", "exit 3"], environment: [:]) { _ in }
    #expect(await three.exited() == .code(3))
    let killed = try Child(executable: "/bin/sh", arguments: ["-c", "kill -9 $$"], environment: [:]) { _ in }
    #expect(await killed.exited() == .signal(9))
    // After the end there is nobody to signal, and nothing happens.
    killed.signal(SIGTERM)
  }
}
