import GatewayService
import LatchkeyProtocol
import Synchronization

/// All three services at once, saying what a test told them to; asked for anything else, they are unavailable.
final class FakeServices: MessageSender {
  private struct State {
    var answers: [String: any Sendable] = [:]
    var messages: [String: [any Sendable]] = [:]
    var calls: [String: [Call]] = [:]
  }

  private let state = Mutex(State())

  typealias Answer<Message: ServiceRequest> = @Sendable (Message, Call) async throws(ServiceFailure) -> Message.Response

  func on<Message: ServiceRequest>(_ type: Message.Type, _ answer: @escaping Answer<Message>) {
    state.withLock { $0.answers[Message.method.text] = answer }
  }

  func on<Message: ServiceRequest>(_ type: Message.Type, _ answer: Message.Response) {
    on(type) { (_, _) async throws(ServiceFailure) in answer }
  }

  func fail<Message: ServiceRequest>(_ type: Message.Type, _ kind: ServiceFailure.Kind) {
    on(type) { (_, _) async throws(ServiceFailure) in
      throw ServiceFailure(kind, mayHaveHappened: false, "private: \(Message.method)")
    }
  }

  func send<Message: ServiceRequest>(
    _ message: Message, _ call: Call
  ) async throws(ServiceFailure) -> Message.Response {
    let name = Message.method.text
    let answer = state.withLock { state in
      state.messages[name, default: []].append(message)
      state.calls[name, default: []].append(call)
      return state.answers[name] as? Answer<Message>
    }
    guard let answer else { throw ServiceFailure(.unavailable, mayHaveHappened: false, "\(name) is not scripted") }
    return try await answer(message, call)
  }

  /// What was asked, in order.
  func asked<Message: ServiceRequest>(_ type: Message.Type) -> [Message] {
    state.withLock { $0.messages[Message.method.text] ?? [] }.compactMap { $0 as? Message }
  }

  /// On whose behalf, in order.
  func calls<Message: ServiceRequest>(_ type: Message.Type) -> [Call] {
    state.withLock { $0.calls[Message.method.text] ?? [] }
  }

  /// How many messages came for a request's own sake: every page asks now and then how to present itself.
  var count: Int {
    state.withLock { $0.messages.filter { $0.key != Auth.GetAppearance.method.text }.values.map(\.count).reduce(0, +) }
  }

  var services: Services {
    Services(
      auth: FakeService(name: "auth", all: self), oidc: FakeService(name: "oidc", all: self),
      admin: FakeService(name: "admin", all: self),
      canSignIn: { call in (try? await self.send(Core.Health(), call)) == .ready })
  }
}

/// One of them: it knows no method of the others.
private struct FakeService: MessageSender {
  let name: String
  let all: FakeServices

  func send<Message: ServiceRequest>(
    _ message: Message, _ call: Call
  ) async throws(ServiceFailure) -> Message.Response {
    guard Message.method.service == name else {
      throw ServiceFailure(.unknownMethod, mayHaveHappened: false, "\(Message.method) was sent to \(name)")
    }
    return try await all.send(message, call)
  }
}
