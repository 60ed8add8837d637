import CLibpq
import Foundation
import Synchronization

/// The one thread on which every connection of the process lives: an executor for actors, an epoll loop for their
/// sockets, and a few timers. Nothing that runs here may block or compute for long.
final class EventThread: SerialExecutor {
  static let shared = EventThread()

  typealias Work = @Sendable () -> Void

  /// What a socket is ready for. An error or a hang-up counts as readable: reading tells which it is.
  struct Readiness: OptionSet, Sendable {
    let rawValue: UInt32
    static let readable = Readiness(rawValue: 1)
    static let writable = Readiness(rawValue: 2)
  }

  private enum Item {
    case job(UnownedJob)
    case work(Work)
  }

  private struct Inbox {
    var items: [Item] = []
    var asleep = false
  }

  private struct Timers {
    var waiting: [(id: UInt64, due: ContinuousClock.Instant, work: Work)] = []
    var next: UInt64 = 1
  }

  private struct Watches {
    var handlers: [UInt64: @Sendable (Readiness) -> Void] = [:]
    var next: UInt64 = 1
  }

  private let epoll: Int32
  private let wakeup: Int32
  private let threadID = Atomic<UInt>(0)
  private let inbox = Mutex(Inbox())
  private let timers = Mutex(Timers())
  private let watches = Mutex(Watches())

  private init() {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wakeup = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
    // Two descriptors, once per process: without them there is no database and nothing to report the failure to.
    precondition(epoll >= 0 && wakeup >= 0, "no file descriptor left for the database thread")
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: 0))
    epoll_ctl(epoll, EPOLL_CTL_ADD, wakeup, &event)
    let thread = Thread { self.loop() }
    thread.name = "postgres"
    thread.start()
  }

  // MARK: Executor

  func enqueue(_ job: consuming ExecutorJob) { put(.job(UnownedJob(job))) }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }

  var isCurrent: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

  /// Lets `assumeIsolated` work in socket and timer handlers, which run outside any task.
  func checkIsolated() { precondition(isCurrent, "not on the database thread") }

  func isIsolatingCurrentContext() -> Bool? { isCurrent }

  /// Runs `work` on the thread later, even when called on it.
  func run(_ work: @escaping Work) { put(.work(work)) }

  private func put(_ item: Item) {
    let mustWake = inbox.withLock { inbox in
      inbox.items.append(item)
      defer { inbox.asleep = false }
      return inbox.asleep
    }
    if mustWake { eventfd_write(wakeup, 1) }
  }

  // MARK: Timers

  /// Runs `work` on the thread after `delay`; there is no way to cancel it, so it should hold its owner weakly.
  func after(_ delay: Duration, _ work: @escaping Work) {
    let due = ContinuousClock.now + delay
    timers.withLock { timers in
      let position = timers.waiting.firstIndex { $0.due > due } ?? timers.waiting.count
      timers.waiting.insert((timers.next, due, work), at: position)
      timers.next += 1
    }
    if !isCurrent { run {} }
  }

  /// Runs what is due and returns the milliseconds until the next timer, -1 without one.
  private func runTimers() -> Int32 {
    while true {
      let now = ContinuousClock.now
      let (due, next): (Work?, Int32) = timers.withLock { timers in
        guard let first = timers.waiting.first else { return (nil, -1) }
        guard first.due > now else { return (timers.waiting.removeFirst().work, 0) }
        // Rounded up: waking a moment early would waste a turn.
        let (seconds, attoseconds) = (first.due - now).components
        return (nil, Int32(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1))
      }
      guard let due else { return next }
      due()
    }
  }

  // MARK: Sockets

  /// Calls `handler` on the thread whenever the socket is ready. A token is never reused, so an event that was already
  /// collected for a closed socket reaches no handler.
  func watch(_ socket: Int32, writable: Bool, _ handler: @escaping @Sendable (Readiness) -> Void) -> UInt64 {
    let token = watches.withLock { watches in
      defer { watches.next += 1 }
      watches.handlers[watches.next] = handler
      return watches.next
    }
    update(token, socket, writable: writable)
    return token
  }

  /// Sets what to wait for. libpq may have replaced the socket under the same number: then it has to be added again.
  func update(_ token: UInt64, _ socket: Int32, readable: Bool = true, writable: Bool) {
    var events: UInt32 = 0
    if readable { events |= EPOLLIN.rawValue }
    if writable { events |= EPOLLOUT.rawValue }
    var event = epoll_event(events: events, data: epoll_data_t(u64: token))
    if epoll_ctl(epoll, EPOLL_CTL_MOD, socket, &event) != 0 { epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event) }
  }

  /// Call this before the socket is closed.
  func unwatch(_ token: UInt64, _ socket: Int32) {
    watches.withLock { _ = $0.handlers.removeValue(forKey: token) }
    var event = epoll_event()
    if socket >= 0 { epoll_ctl(epoll, EPOLL_CTL_DEL, socket, &event) }
  }

  private func dispatch(_ event: epoll_event) {
    let token = event.data.u64
    guard token != 0 else {
      var count: eventfd_t = 0
      eventfd_read(wakeup, &count)
      return
    }
    guard let handler = watches.withLock({ $0.handlers[token] }) else { return }
    var readiness: Readiness = []
    if event.events & EPOLLOUT.rawValue != 0 { readiness.insert(.writable) }
    if event.events & ~EPOLLOUT.rawValue != 0 { readiness.insert(.readable) }
    handler(readiness)
  }

  // MARK: The loop

  private func loop() {
    threadID.store(UInt(pthread_self()), ordering: .relaxed)
    var events = [epoll_event](repeating: epoll_event(), count: 64)
    while true {
      let items = inbox.withLock { inbox in
        defer { inbox.items = [] }
        return inbox.items
      }
      for item in items {
        switch item {
        case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
        case .work(let work): work()
        }
      }
      let pause = runTimers()
      let wait = inbox.withLock { inbox in
        inbox.asleep = inbox.items.isEmpty
        return inbox.asleep ? pause : 0
      }
      let count = epoll_wait(epoll, &events, Int32(events.count), wait)
      inbox.withLock { $0.asleep = false }
      for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
    }
  }
}
