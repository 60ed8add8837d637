import LatchkeyProtocol
import Logging
import Synchronization
import Transport

/// Messages that no service of ours answers, for tests of what carries them.
enum Trial {
  /// Says it back.
  struct Echo: ServiceRequest {
    static let method: MethodName = "trial.echo/1"
    static let replay = Replay.read
    struct Response: Codable, Sendable, Equatable {
      var text: String
      var peer: Peer
      var session: Secret?
      var instance: String
    }
    var text: String
  }

  /// Counts, and may not be done twice.
  struct Count: ServiceRequest {
    static let method: MethodName = "trial.count/1"
    static let replay = Replay.once
    typealias Response = Int
  }

  /// Counts, and repeats the outcome for the same request id.
  struct CountOnce: ServiceRequest {
    static let method: MethodName = "trial.countOnce/1"
    static let replay = Replay.replayable
    typealias Response = Int
  }

  /// As `CountOnce`, but waits at the gate between the effect and the answer.
  struct CountSlowly: ServiceRequest {
    static let method: MethodName = "trial.countSlowly/1"
    static let replay = Replay.replayable
    typealias Response = Int
  }

  /// Waits at the gate, then says it back.
  struct Wait: ServiceRequest {
    static let method: MethodName = "trial.wait/1"
    static let replay = Replay.once
    typealias Response = String
    var text: String
  }

  /// As `Wait`, but reads only.
  struct WaitRead: ServiceRequest {
    static let method: MethodName = "trial.waitRead/1"
    static let replay = Replay.read
    typealias Response = String
    var text: String
  }

  /// Answers with so many bytes.
  struct Size: ServiceRequest {
    static let method: MethodName = "trial.size/1"
    static let replay = Replay.read
    typealias Response = [UInt8]
    var bytes: [UInt8] = []
    var answer: Int
  }

  /// Fails as it is told to.
  struct Fail: ServiceRequest {
    static let method: MethodName = "trial.fail/1"
    static let replay = Replay.once
    typealias Response = String
    var failure: ServiceFailure
  }

  /// For the command line only.
  struct Private: ServiceRequest {
    static let method: MethodName = "trial.private/1"
    static let replay = Replay.read
    typealias Response = String
  }

  /// What no table has.
  struct Unknown: ServiceRequest {
    static let method: MethodName = "trial.unknown/1"
    static let replay = Replay.read
    typealias Response = String
  }

  /// The same method as `Echo` with another form.
  struct OtherEcho: ServiceRequest {
    static let method: MethodName = "trial.echo/1"
    static let replay = Replay.read
    typealias Response = String
    var number: Int
  }
}

/// A service of trial messages, with a gate that holds some of them back.
final class TrialService: Sendable {
  struct State {
    var count = 0
    var outcomes: [RequestID: Int] = [:]
    var isOpen = false
    var held: [UInt64: CheckedContinuation<Void, Never>] = [:]
    var next: UInt64 = 0
    var arrived = 0
    var cancelled = 0
  }

  let instance: String
  let state = Mutex(State())

  init(_ instance: String = "one") { self.instance = instance }

  var arrived: Int { state.withLock { $0.arrived } }
  /// How many wait at the gate.
  var held: Int { state.withLock { $0.held.count } }
  var cancelled: Int { state.withLock { $0.cancelled } }

  /// Lets everybody through who waits, and everybody who comes.
  func open() {
    let held = state.withLock { state in
      state.isOpen = true
      defer { state.held = [:] }
      return Array(state.held.values)
    }
    for one in held { one.resume() }
  }

  /// Lets everybody through who waits now.
  func letGo() {
    let held = state.withLock { state in
      defer { state.held = [:] }
      return Array(state.held.values)
    }
    for one in held { one.resume() }
  }

  private func gate() async {
    let id = state.withLock { state in
      state.arrived += 1
      state.next += 1
      return state.next
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isOpen = state.withLock { state in
          if !state.isOpen { state.held[id] = continuation }
          return state.isOpen
        }
        if isOpen || Task.isCancelled { pass(id, continuation, isOpen) }
      }
    } onCancel: {
      state.withLock { state in
        state.cancelled += 1
        return state.held.removeValue(forKey: id)
      }?.resume()
    }
  }

  private func pass(_ id: UInt64, _ continuation: CheckedContinuation<Void, Never>, _ isOpen: Bool) {
    if isOpen { return continuation.resume() }
    state.withLock { $0.held.removeValue(forKey: id) }?.resume()
  }

  private func countOnce(_ id: RequestID) -> Int {
    state.withLock { state in
      if let outcome = state.outcomes[id] { return outcome }
      state.count += 1
      state.outcomes[id] = state.count
      return state.count
    }
  }

  var routes: Routes {
    var routes = Routes(service: "trial")
    routes.on(from: [.gateway, .latchkey]) { [instance] (message: Trial.Echo, call) in
      Trial.Echo.Response(text: message.text, peer: call.peer, session: call.caller.session, instance: instance)
    }
    routes.on { [self] (_: Trial.Count, _) in
      state.withLock { state in
        state.count += 1
        return state.count
      }
    }
    routes.on { [self] (_: Trial.CountOnce, call) in countOnce(call.id) }
    routes.on { [self] (_: Trial.CountSlowly, call) in
      let outcome = countOnce(call.id)
      await gate()
      return outcome
    }
    routes.on { [self] (message: Trial.Wait, _) in
      await gate()
      return message.text
    }
    routes.on { [self] (message: Trial.WaitRead, _) in
      await gate()
      return message.text
    }
    routes.on { (message: Trial.Size, _) in [UInt8](repeating: 1, count: message.answer) }
    routes.on { (message: Trial.Fail, _) throws(ServiceFailure) in throw message.failure }
    routes.on(from: [.latchkey]) { (_: Trial.Private, _) in "private" }
    return routes
  }
}
