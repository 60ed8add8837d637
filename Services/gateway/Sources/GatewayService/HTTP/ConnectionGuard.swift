import HTTPTypes
import LatchkeyProtocol
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Stands between the HTTP decoder and the server, and refuses in words what the decoder only fails at: header fields
/// beyond the limit (431, RFC 6585 §5) and bytes that are no HTTP (400). Hummingbird alone would answer an empty 400.
///
/// It gives a body so long to arrive, so that a slow sender cannot hold a request open. The clock is wound only where the
/// body did not come with the head, which it nearly always does.
///
/// It also closes a connection after an answer that says `Connection: close`, by half: what the client still sends is read
/// and dropped for a moment, since a socket that is closed with unread bytes is reset, and the answer with it.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// Bytes that came without yielding a part of a message; shared with the handler in front of the decoder.
  final class Intake {
    var unparsed = 0
    var isClosed = false
  }

  /// What reading the body fails with when it takes too long to arrive.
  struct BodyTooSlow: Error {}

  private let logger: Logger
  private let intake = Intake()
  /// How long the body that is arriving may take; nil between requests.
  private var patience: Duration?
  private var bodyTimer: Scheduled<Void>?
  private var unanswered = 0
  private var closesAfterAnswer = false

  init(_ logger: Logger) { self.logger = logger }

  func handlerAdded(context: ChannelHandlerContext) {
    // Fails only where the channel is closing already.
    try? context.pipeline.syncOperations.addHandler(IntakeHandler(intake), position: .first)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    intake.unparsed = 0
    switch unwrapInboundIn(data) {
    case .head(let head):
      unanswered += 1
      let isForm = head.headerFields[.contentType]?.hasPrefix("multipart/") ?? false
      patience = isForm ? Limits.fileArrival : Limits.bodyArrival
    case .body: break
    case .end: bodyArrived()
    }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if let patience, bodyTimer == nil {
      let bound = context.loopBound
      bodyTimer = context.eventLoop.scheduleTask(in: TimeAmount(patience)) {
        bound.value.fireErrorCaught(BodyTooSlow())
      }
    }
    context.fireChannelReadComplete()
  }

  func channelInactive(context: ChannelHandlerContext) {
    bodyArrived()
    context.fireChannelInactive()
  }

  private func bodyArrived() {
    patience = nil
    bodyTimer?.cancel()
    bodyTimer = nil
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // In the middle of an answer there is no place for another.
    guard unanswered == 0, !intake.isClosed else { return context.fireErrorCaught(error) }
    switch error {
    case is IntakeHandler.Overflow, HTTPParserError.headerOverflow:
      refuse(context, .requestHeaderFieldsTooLarge, "The header fields are longer than is read here.")
    case is HTTPParserError:
      refuse(context, .badRequest, "This is not a request in HTTP/1.1.")
    default: context.fireErrorCaught(error)
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head): closesAfterAnswer = head.headerFields[.connection] == "close"
    case .body: break
    case .end:
      unanswered -= 1
      if closesAfterAnswer {
        context.writeAndFlush(data, promise: promise)
        return linger(context)
      }
    }
    context.write(data, promise: promise)
  }

  private func refuse(_ context: ChannelHandlerContext, _ status: HTTPResponse.Status, _ sentence: String) {
    let id = "\(RequestID())"
    let body = JSONText.bytes(["error": .string(sentence), "code": "invalid_request", "request_id": .string(id)])
    let fields: HTTPFields = [
      .contentType: "application/json", .contentLength: "\(body.count)", .connection: "close",
      .cacheControl: "no-store",
      .xContentTypeOptions: "nosniff", .requestID: id,
    ]
    context.write(wrapOutboundOut(.head(HTTPResponse(status: status, headerFields: fields))), promise: nil)
    context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    logger.info(
      "request",
      metadata: [
        "route": "-", "status": "\(status.code)", "request": "\(id)",
        "client": "\(context.remoteAddress?.ipAddress ?? "")",
      ])
    linger(context)
  }

  private func linger(_ context: ChannelHandlerContext) {
    guard !intake.isClosed else { return }
    intake.isClosed = true
    let channel = context.channel
    // The order of writes is kept: what was written before leaves before the output closes.
    channel.close(mode: .output, promise: nil)
    context.eventLoop.scheduleTask(in: TimeAmount(Limits.linger)) { channel.close(promise: nil) }
  }
}

/// The first handler of a connection: counts what the decoder makes nothing of, and drops what comes after a refusal.
private final class IntakeHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  struct Overflow: Error {}

  private let intake: ConnectionGuard.Intake

  init(_ intake: ConnectionGuard.Intake) { self.intake = intake }

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
