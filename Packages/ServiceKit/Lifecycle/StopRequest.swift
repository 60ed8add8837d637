import Foundation
import Glibc

/// Why a program is asked to leave.
public enum StopRequest: Sendable, Equatable, CustomStringConvertible {
  /// SIGTERM or SIGINT.
  case signal(Int32)
  /// The launcher's end of the pipe on standard input closed: it was killed, and nothing else will stop this process.
  case launcherGone

  public var description: String {
    switch self {
    case .signal(SIGTERM): "SIGTERM"
    case .signal(SIGINT): "Ctrl-C"
    case .signal(let number): "signal \(number)"
    case .launcherGone: "the launcher is gone"
    }
  }

  /// A repetition within this time is the same request.
  public static let oneRequest = Duration.milliseconds(500)

  /// Every request, in order; the stream does not end. Called once per process.
  ///
  /// - Parameter isSupervised: whether the end of standard input counts.
  public static func stream(isSupervised: Bool) -> AsyncStream<StopRequest> {
    let (stream, continuation) = AsyncStream.makeStream(of: StopRequest.self)
    // The handlers are in place when this returns.
    let signals = Signals.stream([SIGTERM, SIGINT])
    Task {
      for await number in signals { continuation.yield(.signal(number)) }
    }
    if isSupervised {
      let thread = Thread {
        var byte: UInt8 = 0
        while true {
          let count = read(STDIN_FILENO, &byte, 1)
          if count == 0 || (count < 0 && errno != EINTR) { break }
        }
        continuation.yield(.launcherGone)
      }
      thread.name = "launcher"
      thread.start()
    }
    return stream
  }
}
