public import NIOCore
import NIOTLS

/// TLS in a channel's pipeline: ciphertext towards the network, bytes in clear towards the handlers after it.
///
/// It may be added before the channel is active or to a live one (STARTTLS); the handshake begins at once. Writes wait
/// until it is over and then leave in their order. Then `TLSUserEvent.handshakeCompleted` is fired. How large what
/// waits becomes is the writer's business, as with any channel.
///
/// `close` says `close_notify` and waits a second for the peer's; the peer's is answered, and the channel closed,
/// unless `ChannelOptions.allowRemoteHalfClosure` is set: then `ChannelEvent.inputClosed` is fired. To close the output
/// alone leaves the other direction open.
///
/// Everything that goes wrong is fired once as ``TLSFailure``, the peer gets its alert, and the channel is closed. A
/// connection that ends without the peer's `close_notify` fires ``TLSFailure/truncated`` before `channelInactive`, or
/// the network's `IOError` where there is one. There is no renegotiation, and no limit of its own on how long the
/// handshake takes: who adds it knows when to give up.
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
    /// Our `close_notify` has left; what still comes is nobody's but the peer's.
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
  /// The peer has said `close_notify`.
  var isInputEnded = false
  /// We have, and stay to listen.
  var isOutputEnded = false
  /// An error of the network's went by: the end that follows has been explained.
  var hasBroken = false
  /// Marked as far as they were flushed.
  var writes = MarkedCircularBuffer<Write>(initialCapacity: 4)
  var closePromise: EventLoopPromise<Void>?
  /// An end of our output that was asked for before the handshake was over.
  var outputEnd: EventLoopPromise<Void>?
  var timer: Scheduled<Void>?
  private var isAdvancing = false
  /// The handshake has ended well.
  private var isProven = false
  /// Somebody reads, and has got nothing yet.
  private var isReadWanted = false

  init(_ connection: TLSConnection) { self.connection = connection }

  /// A server's client, by the pre-shared key that it has proven to hold (RFC 4279 §2). Nil until the handshake is
  /// over, and without such keys.
  public var identity: String? { isProven ? connection.claimedIdentity : nil }

  /// Who a client says it is, whether or not it could prove it: for the log.
  public var claimedIdentity: String? { connection.claimedIdentity }

  // MARK: Beginning

  public func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  public func channelActive(context: ChannelHandlerContext) {
    // The others first: what we begin could end at once.
    context.fireChannelActive()
    begin(context)
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard state == .waiting else { return }
    state = .handshaking
    advance(context)
    // Nobody after us asks for what the handshake needs.
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

  /// As far as what came allows.
  private func advance(_ context: ChannelHandlerContext) {
    // A reader can bring more while it is being served; the loop below is at it already.
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
      // Writes that waited for what has come, and what libssl says by itself.
      try encrypt(context)
      sendOutgoing(context)
      finishOutputEnd(context)
    } catch {
      fail(error, context)
    }
  }

  private func decrypt(_ context: ChannelHandlerContext) throws(TLSFailure) {
    while state == .open || state == .closing, !isInputEnded, connection.readableCount > 0 {
      // About as large as what comes out of what is there: a record's beginning may have gone into libssl before.
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
    // Who has closed hears nothing more, as with a channel without TLS.
    guard state == .open, bytes.readableBytes > 0 else { return }
    isReadWanted = false
    context.fireChannelRead(wrapInboundOut(bytes))
  }

  public func channelReadComplete(context: ChannelHandlerContext) {
    // Records that came half, and all that is not for the reader, do not count as what was asked for.
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

  /// Hands ciphertext down; a promise without any (of an empty write) goes down too, and keeps its place.
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

  /// Is kept together with another.
  mutating func join(_ other: EventLoopPromise<Void>?) {
    guard let other else { return }
    guard let own = self else { return self = other }
    own.futureResult.cascade(to: other)
  }
}
