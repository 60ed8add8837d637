import Logging
import Synchronization

/// An event on a channel that we listen to.
public enum DatabaseNotice: Sendable, Equatable {
  /// From here on every notification of the channel arrives. Whatever was known before may be stale.
  case connected
  case disconnected
  case notified(payload: String)
}

/// One LISTEN on a dedicated connection, reopened with a growing pause whenever it is lost.
actor Listener {
  private let configuration: DatabaseConfiguration
  private let channel: String
  private let logger: Logger
  private let output: AsyncStream<DatabaseNotice>.Continuation
  private var connection: Connection?
  private var isListening = false
  private var backoff = Backoff()
  private nonisolated let stopped = Atomic(false)

  nonisolated var unownedExecutor: UnownedSerialExecutor { EventThread.shared.asUnownedSerialExecutor() }

  init(
    _ configuration: DatabaseConfiguration, channel: String, logger: Logger,
    _ output: AsyncStream<DatabaseNotice>.Continuation
  ) {
    self.configuration = configuration
    self.channel = channel
    self.logger = logger
    self.output = output
  }

  nonisolated var isStopped: Bool { stopped.load(ordering: .relaxed) }

  nonisolated func start() { EventThread.shared.run { self.assumeIsolated { $0.connect() } } }

  nonisolated func stop() {
    guard !stopped.exchange(true, ordering: .relaxed) else { return }
    output.finish()
    EventThread.shared.run {
      self.assumeIsolated { listener in
        listener.connection?.assumeIsolated { $0.close("no longer listening") }
        listener.connection = nil
      }
    }
  }

  private func connect() {
    guard !isStopped else { return }
    let settings = ConnectionSettings(configuration: configuration, role: .listener)
    let connection = Connection(settings) { [weak self] event in self?.assumeIsolated { $0.heard(event) } }
    self.connection = connection
    connection.open()
  }

  private func heard(_ event: Connection.Event) {
    guard !isStopped else { return }
    switch event {
    case .ready:
      send("LISTEN \(SQLText.identifier(channel))") { listener in
        listener.isListening = true
        listener.backoff.reset()
        listener.emit(.connected)
        listener.keepAlive()
      }
    case .notified(_, let payload): emit(.notified(payload: payload))
    case .lost(let reason):
      connection = nil
      if isListening { emit(.disconnected) }
      isListening = false
      logger.warning("the listening connection was lost", metadata: ["reason": "\(reason)"])
      EventThread.shared.after(backoff.next()) { [weak self] in self?.assumeIsolated { $0.connect() } }
    }
  }

  /// Sends a command; a refusal ends the connection, which is then reopened.
  private func send(_ command: String, _ then: @escaping @Sendable (isolated Listener) -> Void) {
    let sender = connection
    sender?.assumeIsolated { connection in
      connection.send(Request(command: command)) { [weak self] result in
        self?.assumeIsolated { listener in
          guard listener.connection === sender else { return }
          switch result {
          case .success: then(listener)
          case .failure(let failure): sender?.assumeIsolated { $0.close(failure.message) }
          }
        }
      }
    }
  }

  /// Sends the server a request now and then: a connection on which nothing is ever sent does not notice its end.
  private func keepAlive() {
    let asked = connection
    EventThread.shared.after(.seconds(10)) { [weak self] in
      self?.assumeIsolated { listener in
        guard let asked, listener.connection === asked, !listener.isStopped else { return }
        listener.send("SELECT 1") { $0.keepAlive() }
        guard let limit = asked.settings.stallTimeout else { return }
        EventThread.shared.after(limit) { [weak asked] in asked?.assumeIsolated { $0.expire(.now) } }
      }
    }
  }

  private func emit(_ notice: DatabaseNotice) {
    // A full buffer drops the oldest notices. The reader must learn of that, through notices that it already
    // understands.
    if case .dropped = output.yield(notice), case .notified = notice {
      output.yield(.disconnected)
      output.yield(.connected)
    }
  }
}
