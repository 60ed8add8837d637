import Foundation
import Glibc

/// Signals as a stream. The handler only writes the number into a pipe (all that a handler may safely do); a thread of
/// its own reads it, so that neither a blocked pool nor a busy event loop can swallow a request to stop.
public enum Signals {
  /// Takes over these signals for the rest of the process. Called once per process: a second stream would share the
  /// pipe.
  public static func stream(_ numbers: [Int32]) -> AsyncStream<Int32> {
    AsyncStream { continuation in
      let reader = pipeEnds.reader
      let thread = Thread {
        var number: UInt8 = 0
        while true {
          let count = read(reader, &number, 1)
          if count == 1 { continuation.yield(Int32(number)) } else if count == 0 || errno != EINTR { break }
        }
        continuation.finish()
      }
      thread.name = "signals"
      thread.start()
      for number in numbers { take(number) }
    }
  }

  /// A write to a socket or pipe whose reader is gone is an error to handle, not a reason to die.
  public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  private static func take(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { number in
      let before = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(pipeEnds.writer, &byte, 1)
      errno = before
    }
    action.sa_flags = SA_RESTART
    sigaction(number, &action, nil)
  }
}

/// A socket pair, since `pipe2` is not in Swift's Glibc and nothing else sets close-on-exec in one step. Made before
/// the first handler is installed, so that the handler itself initialises nothing.
private let pipeEnds: (reader: Int32, writer: Int32) = {
  var ends: [Int32] = [-1, -1]
  _ = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
  return (ends[0], ends[1])
}()
