public import NIOCore
import NIOTLS

/// TLS in a channel's pipeline: ciphertext towards the network, plaintext towards the handlers after it.
///
/// It may be added before the channel is active or to a live one (STARTTLS); the handshake begins at once. Writes wait
/// until it is over and then leave in order. Then `TLSUserEvent.handshakeCompleted` is fired. As with any channel, it
/// is up to the writer to limit how much waits.
///
/// `close` sends `close_notify` and waits a second for the peer's; the peer's is answered, and the channel closed,
/// unless `ChannelOptions.allowRemoteHalfClosure` is set: then `ChannelEvent.inputClosed` is fired. Closing only the
/// output leaves the other direction open.
///
/// Every failure is fired once as ``TLSFailure``, the peer gets its alert, and the channel is closed. A connection that
/// ends without the peer's `close_notify` fires ``TLSFailure/truncated`` before `channelInactive`, or the network's
/// `IOError` if there is one. There is no renegotiation, and no limit of its own on how long the handshake takes: the
/// caller that adds the handler decides when to give up.
public final class TLSHandler: ChannelDuplexHandler {
  public typealias InboundIn = ByteBuffer
  public typealias InboundOut = ByteBuffer
  public typealias OutboundIn = ByteBuffer
  public typealias OutboundOut = ByteBuffer

  enum State {
    /// The channel is not active yet.
    case waiting
    case handshaking
    case open
    /// Our `close_notify` has been sent; what still arrives is no longer delivered.
    case closing
    /// The last bytes are on their way; when they have left, the channel is closed.
    case ending
    case closed
  }

  struct Write {
    var bytes: ByteBuffer
    let promise: EventLoopPromise<Void>?
  }

  let connection: TLSConnection
  var state = State.waiting
  /// The peer has sent `close_notify`.
  var isInputEnded = false
  /// We have sent `close_notify`, and keep reading.
  var isOutputEnded = false
  /// A network error has passed through: it already explains the end that follows.
  var hasBroken = false
  /// Marked up to the last flush.
  var writes = MarkedCircularBuffer<Write>(initialCapacity: 4)
  var closePromise: EventLoopPromise<Void>?
  /// A request to close our output, made before the handshake was over.
  var outputEnd: EventLoopPromise<Void>?
  var timer: Scheduled<Void>?
  private var isAdvancing = false
  /// The handshake has succeeded.
  private var isProven = false
  /// A read was requested, and nothing has been delivered yet.
  private var isReadWanted = false

  init(_ connection: TLSConnection) { self.connection = connection }

  /// On a server, the client's identity, by the pre-shared key that it has proven to hold (RFC 4279 §2). Nil until the
  /// handshake is over, and without such keys.
  public var identity: String? { isProven ? connection.claimedIdentity : nil }

  /// The identity that a client claims, proven or not: for the log.
  public var claimedIdentity: String? { connection.claimedIdentity }

  // MARK: Beginning

  public func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  public func channelActive(context: ChannelHandlerContext) {
    // The other handlers first: what we begin could end at once.
    context.fireChannelActive()
    begin(context)
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard state == .waiting else { return }
    state = .handshaking
    advance(context)
    // No handler after us requests the reads that the handshake needs.
    context.read()
  }

  // MARK: Coming in

  public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch state {
    // Not ours: we have not begun, or it is over.
    case .waiting, .ending, .closed: return
    case .handshaking, .open, .closing: break
    }
    do throws(TLSFailure) { try connection.receive(unwrapInboundIn(data)) } catch { return fail(error, context) }
    advance(context)
  }

  /// Proceeds as far as the received bytes allow.
  private func advance(_ context: ChannelHandlerContext) {
    // A reader can make more arrive while it is being served; the loop below already handles that.
    guard !isAdvancing else { return }
    isAdvancing = true
    defer { isAdvancing = false }
    do throws(TLSFailure) {
      if state == .handshaking {
        let isOver = try connection.handshake()
        sendOutgoing(context)
        guard isOver, state == .handshaking else { return }
        state = .open
        isProven = true
        context.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
      }
      try encrypt(context)
      try decrypt(context)
      // Writes that waited for what has just arrived, and libssl's own messages.
      try encrypt(context)
      sendOutgoing(context)
      finishOutputEnd(context)
    } catch {
      fail(error, context)
    }
  }

  private func decrypt(_ context: ChannelHandlerContext) throws(TLSFailure) {
    while state == .open || state == .closing, !isInputEnded, connection.readableCount > 0 {
      // About as large as the decrypted result: the beginning of a record may have gone into libssl before.
      var bytes = context.channel.allocator.buffer(capacity: min(max(connection.readableCount, 1), TLSLimits.slice))
      var outcome = TLSConnection.Read.some
      do throws(TLSFailure) {
        while case .some = outcome, bytes.writableBytes > 0 { outcome = try connection.read(into: &bytes) }
      } catch {
        deliver(bytes, context)
        throw error
      }
      deliver(bytes, context)
      switch outcome {
      case .some: continue
      case .needsMore: return
      case .ended: return inputEnded(context)
      }
    }
  }

  private func deliver(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
    // After closing, nothing more is delivered, as with a channel without TLS.
    guard state == .open, bytes.readableBytes > 0 else { return }
    isReadWanted = false
    context.fireChannelRead(wrapInboundOut(bytes))
  }

  public func channelReadComplete(context: ChannelHandlerContext) {
    // Incomplete records, and anything not meant for the reader, do not satisfy the requested read.
    let needsMore = state == .handshaking || state == .closing || isReadWanted
    context.fireChannelReadComplete()
    if needsMore { context.read() }
  }

  public func read(context: ChannelHandlerContext) {
    isReadWanted = true
    context.read()
  }

  // MARK: Going out

  public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch state {
    case .waiting, .handshaking, .open:
      guard !isOutputEnded, outputEnd == nil else { return promise.fail(ChannelError.outputClosed) }
      writes.append(Write(bytes: unwrapOutboundIn(data), promise: promise))
    case .closing, .ending, .closed: promise.fail(ChannelError.ioOnClosedChannel)
    }
  }

  public func flush(context: ChannelHandlerContext) {
    writes.mark()
    guard state == .open, writes.hasMark else { return context.flush() }
    do throws(TLSFailure) { try encrypt(context) } catch { fail(error, context) }
  }

  /// Encrypts what was flushed, slice by slice, so that libssl's buffer stays small however large a write is. A write's
  /// promise goes with the last of its bytes.
  private func encrypt(_ context: ChannelHandlerContext) throws(TLSFailure) {
    guard state == .open, writes.hasMark else { return }
    var promise: EventLoopPromise<Void>?
    while state == .open, writes.hasMark {
      do throws(TLSFailure) {
        guard try connection.write(&writes[writes.startIndex].bytes) else { break }
      } catch {
        promise.fail(error)
        throw error
      }
      if writes[writes.startIndex].bytes.readableBytes == 0 { promise.join(writes.removeFirst().promise) }
      if connection.outgoingCount >= TLSLimits.slice {
        writeOutgoing(context, promise)
        promise = nil
      }
    }
    writeOutgoing(context, promise)
    context.flush()
  }

  /// Passes ciphertext down; a promise without any (of an empty write) is passed down too, and keeps its place.
  private func writeOutgoing(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    let bytes = connection.takeOutgoing(context.channel.allocator)
    guard bytes != nil || promise != nil else { return }
    context.write(wrapOutboundOut(bytes ?? ByteBuffer()), promise: promise)
  }

  func sendOutgoing(_ context: ChannelHandlerContext) {
    guard let bytes = connection.takeOutgoing(context.channel.allocator) else { return }
    context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
  }
}

extension EventLoopPromise<Void>? {
  func fail(_ error: any Error) { self?.fail(error) }

  /// Completes another promise together with this one.
  mutating func join(_ other: EventLoopPromise<Void>?) {
    guard let other else { return }
    guard let own = self else { return self = other }
    own.futureResult.cascade(to: other)
  }
}
