import LatchkeyProtocol
import Logging
import Testing
import Transport

enum Fixture {
  static let logger: Logger = {
    var logger = Logger(label: "tests")
    logger.logLevel = .critical
    return logger
  }()

  static func key(_ byte: UInt8 = 7) throws -> TransportKey {
    try #require(TransportKey([UInt8](repeating: byte, count: 32)))
  }

  static let loopback = ServiceAddress(host: "127.0.0.1", port: 0)

  static var limits: TransportLimits {
    var limits = TransportLimits()
    limits.patience = .seconds(5)
    return limits
  }

  static func server(
    _ service: TrialService = TrialService(), listen: ServiceAddress = loopback, limits: TransportLimits = limits,
    health: @escaping HealthCheck = { .ready }
  ) async throws -> TCPServer {
    try await TCPServer.start(
      service.routes, listen: listen, keys: [.gateway: key(), .latchkey: key(9)], limits: limits, health: health,
      logger: logger)
  }

  static func client(
    _ servers: TCPServer..., service: String = "trial", peer: Peer = .gateway, key: UInt8 = 7,
    limits: TransportLimits = limits
  ) throws -> TCPClient {
    try client(servers.map(\.address), service: service, peer: peer, key: key, limits: limits)
  }

  static func client(
    _ addresses: [ServiceAddress], service: String = "trial", peer: Peer = .gateway, key: UInt8 = 7,
    limits: TransportLimits = limits
  ) throws -> TCPClient {
    TCPClient(
      service: service, addresses: addresses, peer: peer, key: try Fixture.key(key), limits: limits, logger: logger)
  }

  /// A call that has time.
  static func call(_ time: Duration = .seconds(10), session: Secret? = nil) -> Call {
    Call(caller: Caller(session: session, address: "192.0.2.1"), deadline: .now + time, peer: .gateway)
  }

  /// The failure that a call ends with.
  static func failure<Answer>(
    location: SourceLocation = #_sourceLocation, _ body: () async throws(ServiceFailure) -> Answer
  ) async -> ServiceFailure? {
    do throws(ServiceFailure) {
      let answer = try await body()
      Issue.record("no failure, but \(answer)", sourceLocation: location)
      return nil
    } catch {
      return error
    }
  }
}
