import HummingbirdCore
import Logging
import NIOCore

/// HTTP/1.1 whose requests are answered on the event loop of their connection.
///
/// Left alone, a request is handed from the loop to the cooperative pool and its answer back again, and each time a
/// sleeping thread may have to be woken: with the timer that watched over every form, a token request put threads to
/// sleep eight times, and does so 2.4 times now. What the gateway computes is short; whoever computes for long or
/// blocks does so in a service.
struct LoopChannel: ServerChildChannel {
  let http: HTTP1Channel

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
    // What came with one read is in memory before anybody has looked at it, and a network has many connections.
    try? channel.syncOptions?.setOption(ChannelOptions.maxMessagesPerRead, value: 1)
    try? channel.syncOptions?.setOption(
      ChannelOptions.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: Limits.read))
    return http.setup(channel: channel, logger: logger)
  }

  func handle(value: HTTP1Channel.Value, logger: Logger) async {
    await withTaskExecutorPreference(LoopExecutor(loop: value.channel.eventLoop)) {
      await http.handle(value: value, logger: logger)
    }
  }
}

/// An event loop as the executor of tasks.
private final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(loop: any EventLoop) { self.loop = loop }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
