import NIOCore
import NIOHTTP1

/// What the handlers of one connection tell each other, before and after the bytes are decoded.
final class Intake {
  /// Bytes that came without yielding a part of a message.
  var unparsed = 0
  /// Nothing more is read: a refusal, or the last answer, is on its way.
  var isClosed = false
  /// The answer to the request that is being read ends the connection, though the request does not say so: it speaks
  /// HTTP/1.0 (RFC 9112 §9.3), or waits for a 100 that never came.
  var endsConnection = false
}

/// The first handler of a connection: counts what the decoder makes nothing of, and drops what comes after a refusal.
final class IntakeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  struct Overflow: Error {}

  private let intake: Intake

  init(_ intake: Intake) { self.intake = intake }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !intake.isClosed else { return }
    let count = unwrapInboundIn(data).readableBytes
    intake.unparsed += count
    if intake.unparsed > Limits.unparsed + count {
      context.fireErrorCaught(Overflow())
    } else {
      context.fireChannelRead(data)
    }
  }
}

/// Right behind the decoder, where a request is still as it came: what later forms of it no longer tell.
final class HeadCheck: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart

  /// RFC 9112 §3.2: a request in HTTP/1.1 names one host, and none names two.
  struct NotOneHost: Error {}

  private let intake: Intake
  private var isRefused = false

  init(_ intake: Intake) { self.intake = intake }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    if case .head(let head) = unwrapInboundIn(data) {
      let hosts = head.headers[canonicalForm: "host"].count
      guard hosts == 1 || (hosts == 0 && head.version == .http1_0) else {
        isRefused = true
        return context.fireErrorCaught(NotOneHost())
      }
      intake.endsConnection = head.version == .http1_0 && !head.isKeepAlive
    }
    context.fireChannelRead(data)
  }
}
