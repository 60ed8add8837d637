import LatchkeyProtocol
import ServiceWorld
import TestKit
import Testing

@Suite struct EveryMessageTests {
  @Test("each service answers every message of the protocol that bears its name, and no other")
  func registered() async throws {
    let declared = try DeclaredMethods.all()
    #expect(declared.count > 100)
    let world = try await World()
    for (service, answered) in world.methods {
      #expect(answered == declared.filter { $0.hasPrefix("\(service).") }, "\(service)")
    }
    #expect(Set(declared.map { String($0.prefix { $0 != "." }) }) == Set(world.methods.keys).union(["core"]))
  }
}
