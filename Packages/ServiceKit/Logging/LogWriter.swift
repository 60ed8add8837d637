public import Foundation
import Glibc
import Synchronization

/// Writes whole lines to a file descriptor from its own thread, so that logging never waits for a slow terminal, disk
/// or pipe. Lines that cannot be written in time are dropped and counted, rather than holding up sign-ins.
public final class LogWriter: Sendable {
  /// Standard error, shared by every logger of the process.
  public static let standardError = LogWriter(descriptor: STDERR_FILENO)

  /// Standard output, for a program's actual output.
  public static let standardOutput = LogWriter(descriptor: STDOUT_FILENO)

  /// How long lines gather after others were written: the first one goes at once, a thousand per second go in two
  /// hundred writes, which a reader of the log notices more than the delay. Microseconds.
  private static let gathering: UInt32 = 5_000

  /// Lines waiting beyond this many bytes are dropped.
  public static let capacity = 4 << 20

  private struct State {
    var waiting: [UInt8] = []
    var dropped = 0
    var isWriting = false
  }

  private let state = Mutex(State())
  private let work = DispatchSemaphore(value: 0)
  private let descriptor: Int32

  /// - Parameter descriptor: stays open, and belongs to the caller.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
    let thread = Thread { [self] in run() }
    thread.name = "log"
    thread.start()
  }

  /// Queues one line; the line end is added.
  public func write(_ line: String) {
    let isFirst = state.withLock { state in
      let bytes = line.utf8
      guard state.waiting.count + bytes.count < Self.capacity else {
        state.dropped += 1
        return false
      }
      let wasEmpty = state.waiting.isEmpty
      state.waiting.append(contentsOf: bytes)
      state.waiting.append(UInt8(ascii: "\n"))
      return wasEmpty
    }
    if isFirst { work.signal() }
  }

  /// Waits until everything queued is written, at most this long. For the last moments of a process: it blocks.
  public func flush(withinSeconds seconds: TimeInterval = 1) {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while state.withLock({ !$0.waiting.isEmpty || $0.isWriting }), Date() < deadline { usleep(1_000) }
  }

  private func run() {
    while true {
      work.wait()
      let (bytes, dropped) = state.withLock { state in
        defer {
          state.waiting = []
          state.dropped = 0
          state.isWriting = true
        }
        return (state.waiting, state.dropped)
      }
      writeAll(bytes)
      if dropped > 0 { writeAll(Array("\(dropped) log records were dropped: the log is written too slowly\n".utf8)) }
      state.withLock { $0.isWriting = false }
      usleep(Self.gathering)
    }
  }

  /// Gives up if the reader is gone: there is no one to tell.
  private func writeAll(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written > 0 {
          rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = Glibc.poll(&poll, 1, 1_000)
        } else if errno != EINTR {
          return
        }
      }
    }
  }
}
