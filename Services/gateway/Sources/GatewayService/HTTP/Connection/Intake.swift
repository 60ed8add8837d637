import NIOCore

/// What the handlers of one connection tell each other, before and after the bytes are decoded.
final class Intake {
  /// Bytes that arrived without yielding a part of a message.
  var unparsed = 0
  /// A whole request has arrived that is not answered yet.
  var isBusy = false
  /// More requests have arrived behind it.
  var hasWaiting = false
  /// Nothing more is read: a refusal, or the last answer, is on its way.
  var isClosed = false
  /// The answer to the request that is being read ends the connection: the request says so or speaks HTTP/1.0 (RFC 9112
  /// §9.3), waits for a 100 that never came, or was the client's last word.
  var endsConnection = false
}

/// The first handler of a connection: counts what the decoder makes nothing of, drops what comes after a refusal, and
/// holds back what comes behind a request that is not answered yet. The decoder gets one piece at a time, so it makes
/// at most a hundred small requests of it, and no more is read from the socket while anything is held back.
final class IntakeHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  struct Overflow: Error {}

  let intake = Intake()
  private var context: ChannelHandlerContext?
  private var kept: ByteBuffer?
  private var wantsToRead = false
  private var keptEnd: ChannelEvent?

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !intake.isClosed else { return }
    var bytes = unwrapInboundIn(data)
    if kept != nil {
      kept?.writeBuffer(&bytes)
    } else {
      feed(bytes, context)
    }
  }

  private func feed(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    kept = nil
    var bytes = bytes
    while let piece = bytes.readSlice(length: min(bytes.readableBytes, Limits.piece)), piece.readableBytes > 0 {
      guard !intake.isClosed else { return }
      intake.unparsed += piece.readableBytes
      guard intake.unparsed <= Limits.unparsed + piece.readableBytes else {
        return context.fireErrorCaught(Overflow())
      }
      context.fireChannelRead(wrapInboundOut(piece))
      if intake.isBusy, bytes.readableBytes > 0 {
        kept = bytes
        return
      }
    }
  }

  /// Whether anything is left to do once the request is answered.
  var keepsBack: Bool { kept != nil || keptEnd != nil || wantsToRead }

  /// Goes on with what was held back; the request before it was answered.
  func goOn() {
    guard let context, !intake.isBusy else { return }
    if let kept {
      feed(kept, context)
      context.fireChannelReadComplete()
    }
    guard kept == nil, !intake.hasWaiting else { return }
    if let keptEnd {
      self.keptEnd = nil
      context.fireUserInboundEventTriggered(keptEnd)
    }
    if wantsToRead {
      wantsToRead = false
      context.read()
    }
  }

  /// The client has sent everything but not received every answer: the decoder would drop what is held back.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? ChannelEvent, event == .inputClosed, kept != nil || intake.hasWaiting {
      keptEnd = event
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  func read(context: ChannelHandlerContext) {
    if kept == nil, !intake.hasWaiting { context.read() } else { wantsToRead = true }
  }
}
