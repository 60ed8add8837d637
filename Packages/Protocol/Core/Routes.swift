/// A service's table of methods: which peers may call each, and what answers it.
///
/// Both transports hand it a method's name and bytes; it checks the peer before it reads a byte of the payload.
public struct Routes: Sendable {
  /// The service's name, the first word of each of its methods.
  public let service: String

  /// A decoded message that waits for its handler.
  package typealias Work = @Sendable () async throws(ServiceFailure) -> ReplyFrame

  private struct Route: Sendable {
    let peers: Set<Peer>
    let read: @Sendable (UnsafeRawBufferPointer, Call) throws(ServiceFailure) -> Work
  }

  private var routes: [String: Route] = [:]

  public init(service: String) { self.service = service }

  /// The names of all methods, sorted.
  public var methods: [String] { routes.keys.sorted() }

  /// Adds a method. Adding one twice, or one of another service, is a programming error and stops the program at start.
  ///
  /// - Parameters:
  ///   - peers: the only programs that may send it.
  ///   - handler: answers it; handlers run side by side. Its first parameter says which message it is.
  public mutating func on<Message: ServiceRequest>(
    from peers: Set<Peer> = [.gateway],
    _ handler: @escaping @Sendable (Message, Call) async throws(ServiceFailure) -> Message.Response
  ) {
    let method = Message.method
    precondition(method.service == service, "\(method) is not a method of \(service)")
    add(method, from: peers, handler)
  }

  /// Adds a method that every service answers, whatever its own name (`core.health/1`).
  package mutating func add<Message: ServiceRequest>(
    _ method: MethodName, from peers: Set<Peer>,
    _ handler: @escaping @Sendable (Message, Call) async throws(ServiceFailure) -> Message.Response
  ) {
    precondition(routes[method.text] == nil, "\(method) has two handlers")
    routes[method.text] = Route(peers: peers) { (payload, call) throws(ServiceFailure) in
      let message: Message
      do {
        message = try MessagePack.decode(Message.self, from: payload, longestText: Message.longestText)
      } catch {
        throw ServiceFailure(.malformed, mayHaveHappened: false, "\(method) could not be read: \(error)")
      }
      return { () async throws(ServiceFailure) in
        let response = try await handler(message, call)
        do {
          return try ReplyFrame(response)
        } catch {
          throw ServiceFailure(.internal, mayHaveHappened: true, "The answer to \(method) cannot be written: \(error)")
        }
      }
    }
  }

  /// Reads one message.
  ///
  /// - Parameters:
  ///   - payload: the message's MessagePack bytes; not used after this call.
  ///   - method: the name as received.
  ///   - call: what came with it, with the peer that the connection proved.
  /// - Returns: work that answers it, and throws the handler's own failure.
  /// - Throws: `.unknownMethod`, `.forbidden`, `.timedOut` (nothing was begun), `.malformed`.
  package func read(
    _ payload: UnsafeRawBufferPointer, of method: String, _ call: Call
  ) throws(ServiceFailure) -> Work {
    guard let route = routes[method] else {
      let name = MethodName.isWellFormed(method) ? method : "of that name"
      throw ServiceFailure(.unknownMethod, mayHaveHappened: false, "\(service) has no method \(name).")
    }
    guard route.peers.contains(call.peer) else {
      throw ServiceFailure(.forbidden, mayHaveHappened: false, "\(call.peer.rawValue) may not call \(method).")
    }
    guard call.deadline > .now else {
      throw ServiceFailure(.timedOut, mayHaveHappened: false, "The deadline passed before \(method) was begun.")
    }
    return try route.read(payload, call)
  }
}
