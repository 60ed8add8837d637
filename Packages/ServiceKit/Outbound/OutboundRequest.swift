import NIOCore
import NIOHTTP1

/// A request to an external server.
enum OutboundRequest: Sendable {
  case get
  /// A form.
  case post([UInt8])

  struct Parts: Sendable {
    let head: HTTPRequestHead
    let body: ByteBuffer?
  }

  var isPost: Bool { if case .post = self { true } else { false } }

  func parts(for url: OutboundURL) -> Parts {
    var headers: HTTPHeaders = [
      "Host": url.authority, "User-Agent": "Latchkey", "Accept": "*/*", "Accept-Encoding": "identity",
      "Connection": "close",
    ]
    switch self {
    case .get:
      return Parts(head: HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target, headers: headers), body: nil)
    case .post(let form):
      headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
      headers.add(name: "Content-Length", value: "\(form.count)")
      return Parts(
        head: HTTPRequestHead(version: .http1_1, method: .POST, uri: url.target, headers: headers),
        body: ByteBuffer(bytes: form))
    }
  }
}

/// Sends a request whole.
final class WholeRequest: ChannelOutboundHandler {
  typealias OutboundIn = OutboundRequest.Parts
  typealias OutboundOut = HTTPClientRequestPart

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let parts = unwrapOutboundIn(data)
    context.write(wrapOutboundOut(.head(parts.head)), promise: nil)
    if let body = parts.body { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
    context.write(wrapOutboundOut(.end(nil)), promise: promise)
  }
}
