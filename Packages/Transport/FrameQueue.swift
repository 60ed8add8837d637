import NIOCore
import Synchronization

/// A connection's frames on their way out: collected from any thread, written and flushed once per turn of the event
/// loop.
final class FrameQueue: Sendable {
  private struct Item {
    let correlation: UInt32
    let bytes: [UInt8]
  }

  private struct State {
    var items: [Item] = []
    /// Queued here or handed to the socket and not taken by the kernel yet.
    var bytes = 0
    var isScheduled = false
    var isClosed = false
  }

  private let channel: any Channel
  private let limit: Int
  private let state = Mutex(State())
  /// Called on the event loop just before a frame is written: false drops it.
  private let mayWrite: @Sendable (UInt32) -> Bool

  init(_ channel: any Channel, limit: Int, mayWrite: @escaping @Sendable (UInt32) -> Bool = { _ in true }) {
    self.channel = channel
    self.limit = limit
    self.mayWrite = mayWrite
  }

  enum Admission { case queued, full, closed }

  /// Queues a frame's bytes. One frame is always accepted, however large, or it could never be sent.
  func put(_ bytes: [UInt8], correlation: UInt32 = 0) -> Admission {
    let (admission, schedule): (Admission, Bool) = state.withLock { state in
      guard !state.isClosed else { return (.closed, false) }
      guard state.bytes == 0 || state.bytes + bytes.count <= limit else { return (.full, false) }
      state.items.append(Item(correlation: correlation, bytes: bytes))
      state.bytes += bytes.count
      let schedule = !state.isScheduled
      state.isScheduled = true
      return (.queued, schedule)
    }
    if schedule { channel.eventLoop.execute { self.write() } }
    return admission
  }

  /// Drops what is queued; later frames are refused.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.items = []
    }
  }

  private func write() {
    let items = state.withLock { state in
      state.isScheduled = false
      defer { state.items = [] }
      return state.items
    }
    guard !items.isEmpty else { return }
    // One buffer for all frames of this turn: one record of TLS, one call to the kernel.
    let total = items.reduce(0) { $0 + $1.bytes.count }
    var buffer = channel.allocator.buffer(capacity: total)
    for item in items where mayWrite(item.correlation) { buffer.writeBytes(item.bytes) }
    guard buffer.readableBytes > 0 else { return written(total) }
    channel.writeAndFlush(buffer).whenComplete { _ in self.written(total) }
  }

  private func written(_ count: Int) { state.withLock { $0.bytes -= count } }
}
