import Logging
import NIOCore

/// Decides about a connection when it is accepted: before it has handlers, clocks and a place in an event loop, all of
/// which cost more than the kernel's accept.
///
/// - No more connections are accepted than may be open: further ones wait in the listen queue.
/// - A network has its share of connections. A further one is closed; the first in a minute is told why.
final class Acceptor: ChannelDuplexHandler {
  typealias InboundIn = any Channel
  typealias InboundOut = any Channel
  typealias OutboundIn = Never

  private let connections: Connections
  private let shares: Shares
  private let neighbourhood: Neighbourhood
  private let logger: Logger

  init(_ connections: Connections, _ shares: Shares, _ neighbourhood: Neighbourhood, _ logger: Logger) {
    self.connections = connections
    self.shares = shares
    self.neighbourhood = neighbourhood
    self.logger = logger
  }

  func read(context: ChannelHandlerContext) {
    let loop = context.eventLoop
    let bound = NIOLoopBound((self, context), eventLoop: loop)
    let later: @Sendable () -> Void = {
      loop.execute { bound.value.0.read(context: bound.value.1) }
    }
    if connections.mayAccept(orElse: later) { context.read() }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let channel = unwrapInboundIn(data)
    let address = channel.remoteAddress?.ipAddress
    let network = neighbourhood.network(peer: address)
    do {
      try shares.take(.connections, for: network)
    } catch {
      // Telling every connection of a flood would be wasted work.
      guard shares.isNews(of: network) else { return channel.close(promise: nil) }
      logger.warning(
        "an address holds all the connections that it may; further ones are refused",
        metadata: ["client": "\(address ?? "")"])
      connections.opened(channel, isWelcome: false)
      return context.fireChannelRead(data)
    }
    channel.closeFuture.whenComplete { [shares] _ in shares.give(.connections, for: network) }
    connections.opened(channel, isWelcome: true)
    context.fireChannelRead(data)
  }
}
