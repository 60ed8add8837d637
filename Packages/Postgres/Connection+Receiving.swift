import CLibpq
import Foundation

extension Connection {
  func socketIsReady(_ readiness: EventThread.Readiness) {
    switch phase {
    case .opening: advanceOpening()
    case .ready: receive()
    case .dead: break
    }
  }

  /// Reads what has arrived. (PQconsumeInput flushes too, so this also serves a socket that became writable.)
  private func receive() {
    let alive = PQconsumeInput(pg) == 1
    // Answers that arrived before the connection broke still count.
    deliverAnswers()
    deliverNotifications()
    guard phase == .ready else { return }
    guard alive, PQstatus(pg) == CONNECTION_OK else { return close(complaint()) }
    flush()
  }

  private func deliverNotifications() {
    while phase == .ready, let notification = PQnotifies(pg) {
      defer { PQfreemem(notification) }
      let channel = String(cString: notification.pointee.relname)
      tell(.notified(channel: channel, payload: String(cString: notification.pointee.extra)))
    }
  }

  private func deliverAnswers() {
    var blanks = 0
    while phase == .ready, let first = inFlight.first, PQisBusy(pg) == 0 {
      guard let result = PQgetResult(pg) else {
        // One nil separates two statements' results and ends a script; several in a row mean that libpq has nothing for
        // us.
        if first.isScript { completeScript() }
        blanks += 1
        if blanks > 2 { return }
        continue
      }
      blanks = 0
      lastProgress = .now
      take(result)
    }
  }

  private func take(_ result: OpaquePointer) {
    switch PQresultStatus(result) {
    case PGRES_PIPELINE_SYNC:
      PQclear(result)
      complete()
      return
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY, PGRES_SINGLE_TUPLE:
      let answer = Answer(adopting: result)
      inFlight.updateFirst { $0.answer = answer }
    case PGRES_PIPELINE_ABORTED:
      PQclear(result)
      forgetPreparationOfFirst()
    case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
      PQclear(result)
      close("COPY is not supported")
      return
    default:
      let error = ServerError(result)
      PQclear(result)
      // An error of libpq's own: the connection broke. The statements fail with whatever the server said before.
      guard !error.state.isEmpty else { return close(complaint()) }
      inFlight.updateFirst { $0.error = $0.error ?? error }
      forgetPreparationOfFirst()
    }
    inFlight.updateFirst { $0.results += 1 }
  }

  /// If the current result is the preparation's, the statement was not prepared.
  private func forgetPreparationOfFirst() {
    guard let first = inFlight.first, first.preparation == first.results, let key = first.request.key else { return }
    prepared[key] = nil
  }

  private func complete() {
    guard let entry = inFlight.popFirst() else { return }
    if let error = entry.error {
      if error.asksToPrepareAgain, let key = entry.request.key {
        prepared[key] = nil
        if !entry.retried, !entry.request.insideTransaction {
          return send(entry.request, caller: entry.caller, retried: true, reply: entry.reply)
        }
      }
      entry.reply(.failure(error.failure(outcomeIfFatal: entry.request.outcomeIfLost)))
    } else if let answer = entry.answer {
      entry.reply(.success(answer))
    } else {
      entry.reply(.failure(DatabaseFailure(.unavailable, entry.request.outcomeIfLost, "the server sent no answer")))
    }
  }

  private func completeScript() {
    guard PQenterPipelineMode(pg) == 1 else { return close(complaint()) }
    complete()
  }

  /// Whether the connection is still good right now. An idle connection whose end is already in the socket's buffer
  /// must not be handed out: a statement sent on it would be lost with an unknown outcome.
  func checkIdle() -> Bool {
    var byte: UInt8 = 0
    for _ in 0..<4 {
      guard isIdle else { return false }
      let count = recv(socket, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
      if count < 0 { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR }
      receive()
    }
    return isIdle
  }
}
