public import NIOCore

/// How a connection ends: by us, by the peer, or by a failure.
extension TLSHandler {
  public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    switch mode {
    // There is no way to tell a peer that we no longer read (RFC 8446 §6.1).
    case .input: promise.fail(ChannelError.operationUnsupported)
    case .output: endOutput(context, promise)
    case .all: close(context, promise)
    }
  }

  private func close(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    switch state {
    case .waiting, .handshaking:
      // There is no session yet that `close_notify` could end.
      state = .closed
      failWrites(ChannelError.ioOnClosedChannel)
      context.close(promise: promise)
    case .open:
      closePromise.join(promise)
      // Flushed writes have left for the socket; the others fail, as in an ordinary channel.
      failWrites(ChannelError.ioOnClosedChannel)
      state = .closing
      connection.shutdown()
      if isInputEnded { return end(context) }
      sendOutgoing(context)
      startTimer(context)
      context.read()
    case .closing, .ending: closePromise.join(promise)
    case .closed: context.close(promise: promise)
    }
  }

  /// The peer's `close_notify` has arrived.
  func inputEnded(_ context: ChannelHandlerContext) {
    isInputEnded = true
    let isHalf = (try? context.channel.syncOptions?.getOption(ChannelOptions.allowRemoteHalfClosure)) ?? false
    if state == .open, isHalf, !isOutputEnded {
      context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    } else {
      // RFC 5246 §7.2.1: answered with our own.
      connection.shutdown()
      end(context)
    }
  }

  // MARK: Half an end

  private func endOutput(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
    switch state {
    case .waiting, .handshaking:
      guard outputEnd == nil else { return promise.fail(ChannelError.outputClosed) }
      // After the writes that wait for the handshake.
      outputEnd = promise ?? context.eventLoop.makePromise()
    case .open:
      guard !isOutputEnded else { return promise.fail(ChannelError.outputClosed) }
      outputEnd = promise ?? context.eventLoop.makePromise()
      finishOutputEnd(context)
    case .closing, .ending, .closed: promise.fail(ChannelError.alreadyClosed)
    }
  }

  func finishOutputEnd(_ context: ChannelHandlerContext) {
    guard state == .open, !writes.hasMark, let promise = outputEnd else { return }
    outputEnd = nil
    isOutputEnded = true
    failWrites(ChannelError.outputClosed)
    connection.shutdown()
    if isInputEnded {
      closePromise.join(promise)
      return end(context)
    }
    sendLast(context) { _, context in context.close(mode: .output, promise: promise) }
  }

  // MARK: What goes wrong

  /// Reports the failure once, here and to the peer, and closes.
  func fail(_ failure: TLSFailure, _ context: ChannelHandlerContext) {
    switch state {
    case .handshaking, .open:
      state = .ending
      failWrites(failure)
      context.fireErrorCaught(failure)
      end(context)
    // Already closed for everyone but the peer.
    case .closing: end(context)
    case .waiting, .ending, .closed: break
    }
  }

  public func errorCaught(context: ChannelHandlerContext, error: any Error) {
    hasBroken = hasBroken || error is IOError
    context.fireErrorCaught(error)
  }

  public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
    switch state {
    // Nothing to add to the peer's `close_notify`.
    case .open where isInputEnded: break
    case .handshaking, .open: fail(.truncated, context)
    case .closing: end(context)
    case .waiting, .ending, .closed: context.fireUserInboundEventTriggered(event)
    }
  }

  public func channelInactive(context: ChannelHandlerContext) {
    let wasCut = (state == .handshaking || state == .open) && !isInputEnded
    state = .closed
    timer?.cancel()
    failWrites(wasCut ? TLSFailure.truncated : ChannelError.ioOnClosedChannel)
    if wasCut, !hasBroken { context.fireErrorCaught(TLSFailure.truncated) }
    closePromise?.succeed()
    closePromise = nil
    context.fireChannelInactive()
  }

  public func handlerRemoved(context: ChannelHandlerContext) {
    state = .closed
    timer?.cancel()
    failWrites(ChannelError.ioOnClosedChannel)
    closePromise?.succeed()
    closePromise = nil
  }

  // MARK: The last steps

  /// Sends the last messages (a `close_notify`, an alert) and closes when the kernel has them, or time is up.
  func end(_ context: ChannelHandlerContext) {
    guard state != .closed else { return }
    state = .ending
    failWrites(ChannelError.ioOnClosedChannel)
    startTimer(context)
    sendLast(context) { handler, context in handler.closeNow(context) }
  }

  /// Sends what is left, even if nothing, and continues when the kernel has it and everything written before.
  private func sendLast(
    _ context: ChannelHandlerContext, then next: @escaping @Sendable (TLSHandler, ChannelHandlerContext) -> Void
  ) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let left = context.eventLoop.makePromise(of: Void.self)
    left.futureResult.whenComplete { _ in next(bound.value.0, bound.value.1) }
    let bytes = connection.takeOutgoing(context.channel.allocator) ?? ByteBuffer()
    context.writeAndFlush(wrapOutboundOut(bytes), promise: left)
  }

  private func startTimer(_ context: ChannelHandlerContext) {
    guard timer == nil else { return }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: TLSLimits.closeWait) { bound.value.0.closeNow(bound.value.1) }
  }

  private func closeNow(_ context: ChannelHandlerContext) {
    guard state == .closing || state == .ending else { return }
    state = .closed
    timer?.cancel()
    let promise = closePromise
    closePromise = nil
    context.close(promise: promise)
  }

  private func failWrites(_ error: any Error) {
    // Taken out first: a failed write's callback may write again.
    let failed = writes
    writes = MarkedCircularBuffer(initialCapacity: 0)
    outputEnd.fail(error)
    outputEnd = nil
    for write in failed { write.promise.fail(error) }
  }
}
