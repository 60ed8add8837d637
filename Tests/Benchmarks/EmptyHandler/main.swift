// The benchmark's yardstick: an HTTP server by the same library that answers at once with nothing.
//
//   empty-handler PORT

import NIOCore
import NIOHTTP1
import NIOPosix

final class EmptyHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard case .end = unwrapInboundIn(data) else { return }
    let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "0"])
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8080
let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
  .childChannelInitializer { channel in
    channel.pipeline.configureHTTPServerPipeline().flatMap { channel.pipeline.addHandler(EmptyHandler()) }
  }
  .bind(host: "127.0.0.1", port: port).get()
try await server.closeFuture.get()
