package import LatchkeyProtocol
package import Logging
import Synchronization

/// Keeps the names of statements by request.
package final class StatementLog: LogHandler {
  private let lines = Mutex<[(request: String, statement: String)]>([])

  package init() {}

  package func statements(of id: RequestID) -> [String] {
    lines.withLock { $0.filter { $0.request == "\(id)" }.map(\.statement) }
  }

  package func log(
    level: Logger.Level, message: Logger.Message, metadata: Logger.Metadata?, source: String, file: String,
    function: String, line: UInt
  ) {
    guard level == .trace, let request = metadata?["request"] else { return }
    lines.withLock { $0.append(("\(request)", "\(message)")) }
  }

  package var logLevel: Logger.Level {
    get { .trace }
    set {}
  }

  package var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }
}
