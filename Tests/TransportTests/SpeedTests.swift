import Foundation
import LatchkeyProtocol
import TestKit
import Testing
import Transport

/// Figures to look at, not to pass: an absolute number on a shared machine proves nothing.
@Suite(.serialized) struct SpeedTests {
  private func roundTrips(_ sender: any MessageSender, callers: Int, each: Int) async throws -> Double {
    let text = String(repeating: "x", count: 700)
    let began = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<callers {
        group.addTask {
          for _ in 0..<each { _ = try await sender.send(Trial.Echo(text: text), Fixture.call()) }
        }
      }
      try await group.waitForAll()
    }
    let (seconds, attoseconds) = began.duration(to: .now).components
    return Double(callers * each) / (Double(seconds) + Double(attoseconds) / 1e18)
  }

  @Test("round trips per second, printed")
  func rate() async throws {
    let service = TrialService()
    let server = try await Fixture.server(service)
    let client = try Fixture.client(server)
    let twin = InProcessTransport(service.routes, as: .gateway)
    var lines: [String] = []
    for callers in [1, 16, 64] {
      let each = 16_000 / max(callers, 4)
      let tcp = try await roundTrips(client, callers: callers, each: each)
      let inProcess = try await roundTrips(twin, callers: callers, each: each)
      lines.append("\(callers) callers: \(Int(tcp)) round trips/s over TCP with TLS, \(Int(inProcess)) in process")
    }
    await client.close()
    await server.drain(within: .seconds(5))
    try FileHandle.standardError.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
  }
}
