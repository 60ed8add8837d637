import Encodings
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import TLS
import Transport

/// Calls addresses that an administrator names, with limits on where, how long and how much.
public struct OutboundHTTP: Sendable {
  /// The response, whatever its status.
  public struct Answer: Sendable, Equatable {
    public let status: Int
    public let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
      self.status = status
      self.body = body
    }
  }

  /// Why there is no response.
  public enum Failure: Error, Sendable, Equatable {
    /// Not an http or https address that we can ask.
    case address
    /// The name does not resolve, or resolves to an address that the policy does not allow.
    case refused
    /// No connection, no TLS, or no HTTP.
    case broken
    /// More redirects than ``OutboundHTTP/redirects``, or one that is not followed.
    case redirect
    /// The body is longer than the caller's limit.
    case tooLarge
    case timedOut
  }

  /// Redirects that are followed, each checked like the first address: a logo's site, its CDN, and one in between.
  public static let redirects = 3

  /// Addresses of one name that are tried in turn: `localhost` has two, and an app may listen on one of them.
  private static let addressesTried = 4

  private let policy: EgressPolicy
  private let trust: TLSClient.Trust
  private let lookup: HostLookup

  /// - Parameter trustFile: certificates (PEM) to trust instead of the system's: `SSL_CERT_FILE`.
  public init(policy: EgressPolicy = .publicOnly, trustFile: String? = nil) {
    self.init(policy: policy, trustFile: trustFile, lookup: .system)
  }

  package init(policy: EgressPolicy, trustFile: String? = nil, lookup: HostLookup) {
    self.policy = policy
    self.trust = trustFile.map { .file($0) } ?? .system
    self.lookup = lookup
  }

  /// Fetches, following redirects.
  /// - Parameters:
  ///   - limit: of the body, in bytes.
  ///   - patience: for everything together: names, connections, redirects, bodies.
  public func get(_ address: String, upTo limit: Int, within patience: Duration) async throws(Failure) -> Answer {
    guard let url = OutboundURL(address) else { throw .address }
    return try await within(patience) { () async throws(Failure) in try await follow(url, limit) }
  }

  /// Posts a form. No redirect is followed: the form is for the registered address and no other, and a browser's 302
  /// would drop the form.
  /// - Parameters:
  ///   - form: `application/x-www-form-urlencoded`.
  ///   - limit: of the answer's body that is read, in bytes. There may be more: only the status matters.
  ///   - patience: for everything together.
  public func post(
    _ form: String, to address: String, upTo limit: Int, within patience: Duration
  ) async throws(Failure) -> Answer {
    guard let url = OutboundURL(address) else { throw .address }
    return try await within(patience) { () async throws(Failure) in
      try await ask(url, .post(Array(form.utf8)), limit).answer
    }
  }

  /// The work's outcome, or `timedOut` when its time is up: then it is cancelled but not waited for, since the name
  /// server decides when a look-up ends.
  private func within(
    _ patience: Duration, _ work: @escaping @Sendable () async throws(Failure) -> Answer
  ) async throws(Failure) -> Answer {
    let first = FirstOutcome<Result<Answer, Failure>>()
    let working = Task {
      do throws(Failure) { first.resolve(.success(try await work())) } catch { first.resolve(.failure(error)) }
    }
    let timer = Task {
      // Cut short only when the outcome is there already.
      try? await Task.sleep(for: patience)
      first.resolve(.failure(.timedOut))
    }
    defer {
      working.cancel()
      timer.cancel()
    }
    return try await withTaskCancellationHandler {
      await first.value()
    } onCancel: {
      first.resolve(.failure(.timedOut))
    }.get()
  }

  private func follow(_ first: OutboundURL, _ limit: Int) async throws(Failure) -> Answer {
    var url = first
    for _ in 0...Self.redirects {
      let exchange = try await ask(url, .get, limit)
      guard [301, 302, 303, 307, 308].contains(exchange.answer.status), let location = exchange.location else {
        return exchange.answer
      }
      guard let next = url.redirected(to: location) else { throw .redirect }
      url = next
    }
    throw .redirect
  }

  private func ask(
    _ url: OutboundURL, _ request: OutboundRequest, _ limit: Int
  ) async throws(Failure) -> (answer: Answer, location: String?) {
    let addresses = await lookup.addresses(of: url.host)
    // One address that is not allowed is enough: an honest name does not mix them.
    guard !addresses.isEmpty, addresses.allSatisfy(policy.allows) else { throw .refused }
    do {
      let channel = try await connect(to: Array(addresses.prefix(Self.addressesTried)), url)
      return try await channel.executeThenClose { inbound, outbound in
        try await outbound.write(request.parts(for: url))
        return try await Self.collect(inbound, limit, truncates: request.isPost)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .broken
    }
  }

  private typealias Wire = NIOAsyncChannel<HTTPClientResponsePart, OutboundRequest.Parts>

  private func connect(to addresses: [IPAddress], _ url: OutboundURL) async throws -> Wire {
    var last: any Error = Failure.refused
    for address in addresses {
      do { return try await connect(to: address, url, isOnly: addresses.count == 1) } catch { last = error }
    }
    throw last
  }

  private func connect(to address: IPAddress, _ url: OutboundURL, isOnly: Bool) async throws -> Wire {
    let target = try SocketAddress(ipAddress: address.description, port: url.port)
    let tls = url.isSecure ? try protection(for: url.host) : nil
    return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(isOnly ? .seconds(10) : .seconds(3))
      .connect(to: target) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(tls.client.handler(to: tls.host))
          }
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(WholeRequest())
          return try Wire(wrappingChannelSynchronously: channel)
        }
      }
  }

  private func protection(for host: String) throws -> (client: TLSClient, host: TLSHost) {
    guard let host = TLSHost(host) else { throw Failure.address }
    return (try TLSClient.verifying(trust), host)
  }

  /// - Parameter truncates: a body that is longer than it may be is cut, not refused.
  private static func collect(
    _ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, _ limit: Int, truncates: Bool
  ) async throws -> (answer: Answer, location: String?) {
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    func answer() throws -> (answer: Answer, location: String?) {
      guard let head else { throw Failure.broken }
      return (Answer(status: Int(head.status.code), body: body), head.headers.first(name: "location"))
    }
    for try await part in parts {
      switch part {
      case .head(let received): head = received
      case .body(let bytes):
        body += bytes.readableBytesView.prefix(limit - body.count + 1)
        guard body.count > limit else { continue }
        guard truncates else { throw Failure.tooLarge }
        body.removeLast()
        return try answer()
      case .end: return try answer()
      }
    }
    throw Failure.broken
  }
}
