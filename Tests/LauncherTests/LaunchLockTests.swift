import Foundation
import Launcher
import Testing

@Suite("One launcher per data folder")
struct LaunchLockTests {
  @Test("a second live launcher is refused with the first one's process")
  func second() throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let first = try LaunchLock(folder: world.folder)
    let failure = try #require(throws: LaunchLock.Failure.self) { _ = try LaunchLock(folder: world.folder) }
    #expect(failure.description.contains("already running here (process \(getpid()))"))
    withExtendedLifetime(first) {}
  }

  @Test("the lock ends with its holder")
  func release() throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    var first: LaunchLock? = try LaunchLock(folder: world.folder)
    #expect(first != nil)
    first = nil
    _ = try LaunchLock(folder: world.folder)
  }

  @Test("what a killed launcher left is ended; a stranger with a recycled number is not")
  func leftovers() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let lock = try LaunchLock(folder: world.folder)
    let left = try Child(executable: "/bin/sleep", arguments: ["60"], environment: [:]) { _ in }
    let stranger = try Child(executable: "/bin/sleep", arguments: ["60"], environment: [:]) { _ in }
    let identity = try #require(ProcessIdentity(pid: left.pid))
    // The same number as the stranger's, but of a process that started at another time.
    let recycled = Data("[{\"pid\":\(stranger.pid),\"started\":1}]".utf8)
    let gone = try JSONDecoder().decode([ProcessIdentity].self, from: recycled)
    try lock.record([identity] + gone)
    #expect(await lock.endLeftovers() == 1)
    #expect(await left.exited() == .signal(SIGTERM))
    #expect(stranger.exit == nil)
    await stranger.stop(grace: .seconds(5))
  }

  @Test("a list that was never written or is broken is no obstacle")
  func noList() async throws {
    let world = try LauncherWorld()
    defer { world.remove() }
    let lock = try LaunchLock(folder: world.folder)
    #expect(await lock.endLeftovers() == 0)
    try Data("nonsense".utf8).write(to: URL(fileURLWithPath: world.folder + "/latchkey.children"))
    #expect(await lock.endLeftovers() == 0)
  }
}
