package import LatchkeyProtocol
import NIOCore
import Synchronization
package import Transport

/// A service in the same process, reached as if it were elsewhere: every message becomes bytes and is read from them,
/// and frame limit, deadline, peer rules and the limit of requests in flight hold as they do over TCP.
package struct InProcessTransport: MessageSender {
  private let routes: Routes
  private let peer: Peer
  private let limits: TransportLimits
  private let flights = Flights()

  private final class Flights: Sendable {
    let count = Atomic<Int>(0)
  }

  /// - Parameters:
  ///   - routes: the service; `core.health/1` is added.
  ///   - peer: who the sender is to the service.
  package init(
    _ routes: Routes, as peer: Peer, limits: TransportLimits = TransportLimits(),
    health: @escaping HealthCheck = { .ready }
  ) {
    self.routes = routes.answeringHealth(health)
    self.peer = peer
    self.limits = limits
  }

  package func send<Message: ServiceRequest>(
    _ message: Message, _ call: Call
  ) async throws(ServiceFailure) -> Message.Response {
    var request = try MessageBytes.request(message, call)
    request.address(correlation: 1, remaining: call.remaining)
    let body = ByteBuffer(bytes: request.bytes.dropFirst(Frame.headerLength))
    guard call.deadline > .now else {
      throw ServiceFailure(.timedOut, mayHaveHappened: false, "No answer came in time.")
    }
    guard flights.count.wrappingAdd(1, ordering: .relaxed).oldValue < limits.inFlight else {
      flights.count.wrappingSubtract(1, ordering: .relaxed)
      throw ServiceFailure(.overloaded, mayHaveHappened: false, "Too many requests are in flight.")
    }
    var attempts = RetryRule(replay: Message.replay, limit: 1)
    switch attempts.next(after: await race(body, until: call.deadline), at: "") {
    case .answer(let bytes): return try MessageBytes.response(bytes, of: Message.self)
    case .fail(let failure): throw failure
    case .tryAgain: throw ServiceFailure(.internal, mayHaveHappened: true, "There is nowhere else to try.")
    }
  }

  /// The handler's answer or the deadline, whichever comes first; the handler is told to stop and keeps its place until
  /// then.
  private func race(_ body: ByteBuffer, until deadline: ContinuousClock.Instant) async -> CallOutcome {
    let first = FirstOutcome<CallOutcome>()
    let handler = Task {
      first.resolve(await answer(body))
      flights.count.wrappingSubtract(1, ordering: .relaxed)
    }
    let timer = Task {
      // Cut short only when the answer is there already.
      try? await Task.sleep(until: deadline, clock: .continuous)
      first.resolve(.timedOut(wasSent: true))
      if ContinuousClock.now >= deadline { handler.cancel() }
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await first.value()
    } onCancel: {
      first.resolve(.abandoned(wasSent: true))
    }
  }

  private func answer(_ body: ByteBuffer) async -> CallOutcome {
    do {
      let head = try body.read { try RequestHead($0) }
      let answer = try await routes.read(body, head, head.call(from: peer))()
      return .reply(ByteBuffer(bytes: answer.payload))
    } catch let failure as ServiceFailure {
      return .failed(failure)
    } catch {
      return .failed(ServiceFailure(.malformed, mayHaveHappened: false, "The request's envelope could not be read."))
    }
  }
}
