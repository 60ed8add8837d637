import CLibpq

/// One connection to the server: libpq in non-blocking mode, in its pipeline mode, with a sync after every statement,
/// so that statements follow each other without waiting and a failing one affects only itself.
///
/// It knows nothing of lanes, pools and callers' rules: statements go in, answers come out in order, and its owner is
/// told when it ends. Opening, sending and receiving each have their own file. All of it runs on the event thread.
actor Connection {
  enum Event: Sendable {
    case ready
    /// The connection could not be opened, or ended. Statements that were under way have been answered with failures.
    case lost(String)
    case notified(channel: String, payload: String)
  }

  enum Phase {
    case opening
    case ready
    case dead
  }

  /// A statement that was sent and whose answer is not complete.
  struct InFlight {
    let request: Request
    let reply: Reply
    let caller: (any Waiting)?
    let deadline: ContinuousClock.Instant?
    /// A script (several statements in one text) runs outside pipeline mode and ends with a nil result, not with a
    /// sync.
    let isScript: Bool
    /// Which of the results is the preparation's, if it was prepared along the way.
    let preparation: Int?
    let retried: Bool
    var results = 0
    var answer: Answer?
    var error: ServerError?
  }

  typealias Reply = @Sendable (Result<Answer, DatabaseFailure>) -> Void

  /// What the server has prepared under a statement type's identity.
  struct Prepared {
    let name: String
    let types: [UInt32]
  }

  let settings: ConnectionSettings
  let tell: @Sendable (Event) -> Void

  // libpq's connection is touched only on the event thread, and by deinit, when no other reference is left.
  nonisolated(unsafe) var pg: OpaquePointer?
  var phase = Phase.opening
  /// Its owner was told that it is ready.
  var isOpen = false
  var watch: UInt64?
  var socket: Int32 = -1
  var wantsToWrite = false
  var inFlight = FIFO<InFlight>()
  var prepared: [ObjectIdentifier: Prepared] = [:]
  var statementsNamed = 0
  var lastProgress = ContinuousClock.now

  nonisolated var unownedExecutor: UnownedSerialExecutor { EventThread.shared.asUnownedSerialExecutor() }

  /// - Parameter tell: called on the event thread; should hold its owner weakly.
  init(_ settings: ConnectionSettings, tell: @escaping @Sendable (Event) -> Void) {
    self.settings = settings
    self.tell = tell
  }

  deinit {
    if let watch { EventThread.shared.unwatch(watch, socket) }
    if let pg { PQfinish(pg) }
  }

  var isReady: Bool { phase == .ready }

  /// Whether the session is outside any transaction and nothing is under way.
  var isIdle: Bool { phase == .ready && inFlight.isEmpty && PQtransactionStatus(pg) == PQTRANS_IDLE }

  var isInTransaction: Bool { PQtransactionStatus(pg) == PQTRANS_INTRANS }

  /// Closes the connection. Statements under way fail; its owner is told `.lost`, once.
  func close(_ reason: String) {
    guard phase != .dead else { return }
    phase = .dead
    if let watch { EventThread.shared.unwatch(watch, socket) }
    watch = nil
    let abandoned = inFlight.removeAll()
    if let pg { PQfinish(pg) }
    pg = nil
    tell(.lost(reason))
    for entry in abandoned {
      // A backend that reported a fatal error before it went away knew more than "connection lost".
      let outcome = entry.request.outcomeIfLost
      let failure =
        entry.error?.failure(outcomeIfFatal: outcome) ?? DatabaseFailure(.unavailable, outcome, reason)
      entry.reply(.failure(failure))
    }
  }

  /// Releases callers whose time is up, and gives the connection up if the server has been silent for too long.
  func expire(_ now: ContinuousClock.Instant) {
    for entry in inFlight.prefix(while: { $0.deadline.map { $0 <= now } ?? false }) {
      entry.caller?.giveUp(.timedOut, "no answer in time")
    }
    if let limit = settings.stallTimeout, !inFlight.isEmpty, lastProgress + limit <= now {
      close("the server has not answered for \(limit)")
    }
  }

  /// libpq's last error message, on one line, without the location in the server's source.
  func complaint() -> String {
    String(cString: PQerrorMessage(pg)).split(separator: "\n").map { $0.trimmingPrefix { $0 == " " || $0 == "\t" } }
      .filter { !$0.hasPrefix("LOCATION:") }.joined(separator: "; ")
  }
}
