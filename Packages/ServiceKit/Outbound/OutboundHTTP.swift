import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL

/// Fetches what an administrator names by its address, within bounds on where, how long and how much.
public struct OutboundHTTP: Sendable {
  /// What came back, whatever its status.
  public struct Answer: Sendable, Equatable {
    public let status: Int
    public let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
      self.status = status
      self.body = body
    }
  }

  /// Why nothing came back.
  public enum Failure: Error, Sendable, Equatable {
    /// Not an http or https address that we can ask.
    case address
    /// The name leads nowhere, or to an address that is not on the public internet.
    case refused
    /// No connection, no TLS, or no HTTP.
    case broken
    /// More redirects than ``OutboundHTTP/redirects``, or one that is not followed.
    case redirect
    /// The body is longer than was asked for.
    case tooLarge
    case timedOut
  }

  /// Redirects that are followed, each checked like the first address: a logo's site, its CDN, and one in between.
  public static let redirects = 3

  private let policy: EgressPolicy
  private let trust: NIOSSLTrustRoots

  public init(policy: EgressPolicy = .publicOnly) { self.init(policy: policy, trust: .default) }

  package init(policy: EgressPolicy, trust: NIOSSLTrustRoots) {
    self.policy = policy
    self.trust = trust
  }

  /// - Parameters:
  ///   - limit: of the body, in bytes.
  ///   - patience: for everything together: names, connections, redirects, bodies.
  public func get(_ address: String, upTo limit: Int, within patience: Duration) async throws(Failure) -> Answer {
    guard let url = OutboundURL(address) else { throw .address }
    let outcome = await withTaskGroup(of: Result<Answer, Failure>?.self) { group in
      group.addTask {
        do throws(Failure) { return .success(try await follow(url, limit)) } catch { return .failure(error) }
      }
      group.addTask {
        try? await Task.sleep(for: patience)
        return nil
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    guard let outcome else { throw .timedOut }
    return try outcome.get()
  }

  private func follow(_ first: OutboundURL, _ limit: Int) async throws(Failure) -> Answer {
    var url = first
    for _ in 0...Self.redirects {
      let exchange = try await ask(url, limit)
      guard [301, 302, 303, 307, 308].contains(exchange.answer.status), let location = exchange.location else {
        return exchange.answer
      }
      guard let next = url.redirected(to: location) else { throw .redirect }
      url = next
    }
    throw .redirect
  }

  private func ask(_ url: OutboundURL, _ limit: Int) async throws(Failure) -> (answer: Answer, location: String?) {
    let addresses = await HostLookup.addresses(of: url.host)
    // One address that is not public is enough: names of the public internet do not mix them.
    guard let address = addresses.first, addresses.allSatisfy(policy.allows) else { throw .refused }
    do {
      let channel = try await connect(to: address, url)
      return try await channel.executeThenClose { inbound, outbound in
        var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target)
        head.headers = [
          "Host": url.authority, "User-Agent": "Latchkey", "Accept": "*/*", "Accept-Encoding": "identity",
          "Connection": "close",
        ]
        try await outbound.write(head)
        return try await Self.collect(inbound, limit)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw .broken
    }
  }

  private typealias Wire = NIOAsyncChannel<HTTPClientResponsePart, HTTPRequestHead>

  private func connect(to address: IPAddress, _ url: OutboundURL) async throws -> Wire {
    let target = try SocketAddress(ipAddress: address.description, port: url.port)
    let tls = url.isSecure ? try context() : nil
    let serverName = IPAddress(url.host) == nil ? url.host : nil
    return try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(.seconds(10))
      .connect(to: target) { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: tls, serverHostname: serverName))
          }
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(WholeRequest())
          return try Wire(wrappingChannelSynchronously: channel)
        }
      }
  }

  private func context() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.trustRoots = trust
    configuration.minimumTLSVersion = .tlsv12
    return try NIOSSLContext(configuration: configuration)
  }

  private static func collect(
    _ parts: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, _ limit: Int
  ) async throws -> (answer: Answer, location: String?) {
    var head: HTTPResponseHead?
    var body: [UInt8] = []
    for try await part in parts {
      switch part {
      case .head(let received): head = received
      case .body(let bytes):
        guard body.count + bytes.readableBytes <= limit else { throw Failure.tooLarge }
        body += bytes.readableBytesView
      case .end:
        guard let head else { throw Failure.broken }
        return (Answer(status: Int(head.status.code), body: body), head.headers.first(name: "location"))
      }
    }
    throw Failure.broken
  }
}

/// Sends a request without a body.
private final class WholeRequest: ChannelOutboundHandler {
  typealias OutboundIn = HTTPRequestHead
  typealias OutboundOut = HTTPClientRequestPart

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    context.write(wrapOutboundOut(.head(unwrapOutboundIn(data))), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: promise)
  }
}
