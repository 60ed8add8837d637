import CLibpq

extension Connection {
  /// Sends a statement behind those under way; the reply comes on the event thread, after the server has committed or
  /// refused.
  /// - Parameter caller: released when the answer takes longer than the connection's role allows.
  func send(_ request: Request, caller: (any Waiting)? = nil, reply: @escaping Reply) {
    send(request, caller: caller, retried: false, reply: reply)
  }

  func send(_ request: Request, caller: (any Waiting)?, retried: Bool, reply: @escaping Reply) {
    guard phase == .ready, inFlight.first?.isScript != true else {
      return reply(.failure(DatabaseFailure(.unavailable, .notDone, "the connection is closed or busy with a script")))
    }
    guard request.bindings.count <= 65_535 else {
      return reply(.failure(DatabaseFailure(.encoding, .notDone, "a statement has at most 65535 parameters")))
    }
    var preparation: Int?
    guard queue(request, &preparation) else {
      // libpq refuses for two reasons: the connection is dead or memory is short. No sync was sent, so nothing will
      // run.
      let reason = complaint()
      close(reason)
      return reply(.failure(DatabaseFailure(.unavailable, .notDone, reason)))
    }
    let now = ContinuousClock.now
    if inFlight.isEmpty { lastProgress = now }
    inFlight.append(
      InFlight(
        request: request, reply: reply, caller: caller, deadline: settings.answerTimeout.map { now + $0 },
        isScript: false, preparation: preparation, retried: retried))
    // From here on the statement may have reached the server, whole or in part.
    guard PQpipelineSync(pg) == 1 else { return close(complaint()) }
    flush()
  }

  /// Puts the statement's messages into libpq's buffer: durability, preparation where needed, execution.
  private func queue(_ request: Request, _ preparation: inout Int?) -> Bool {
    var steps = 0
    if request.durability == .asynchronous {
      // In the same implicit transaction, as `true` is "for this transaction only". SET LOCAL would warn.
      guard sendUnprepared("SELECT pg_catalog.set_config('synchronous_commit', 'off', true)", Bindings()) else {
        return false
      }
      steps += 1
    }
    guard let key = request.key else { return sendUnprepared(request.sql, request.bindings) }
    let types = request.bindings.types
    if let known = prepared[key], known.types == types { return execute(known.name, request.bindings) }
    statementsNamed += 1
    let name = "s\(statementsNamed)"
    guard PQsendPrepare(pg, name, request.sql, Int32(types.count), types) == 1 else { return false }
    prepared[key] = Prepared(name: name, types: types)
    preparation = steps
    return execute(name, request.bindings)
  }

  private func execute(_ name: String, _ bindings: Bindings) -> Bool {
    bindings.withPointers { values, lengths, formats in
      PQsendQueryPrepared(pg, name, Int32(values.count), values, lengths, formats, 1) == 1
    }
  }

  private func sendUnprepared(_ sql: String, _ bindings: Bindings) -> Bool {
    bindings.withPointers { values, lengths, formats in
      PQsendQueryParams(pg, sql, Int32(values.count), bindings.types, values, lengths, formats, 1) == 1
    }
  }

  /// Runs a text of several statements, such as a migration. Nothing else may be under way.
  func sendScript(_ sql: String, reply: @escaping Reply) {
    guard phase == .ready, inFlight.isEmpty, PQexitPipelineMode(pg) == 1 else {
      return reply(.failure(DatabaseFailure(.unavailable, .notDone, "the connection is closed or busy")))
    }
    guard PQsendQuery(pg, sql) == 1 else {
      let reason = complaint()
      close(reason)
      return reply(.failure(DatabaseFailure(.unavailable, .notDone, reason)))
    }
    lastProgress = .now
    inFlight.append(
      InFlight(
        request: Request(command: sql, effect: .commits), reply: reply, caller: nil, deadline: nil, isScript: true,
        preparation: nil, retried: true))
    flush()
  }

  /// Sends what is buffered; what the socket does not take now is sent when it is writable again.
  func flush() {
    switch PQflush(pg) {
    case 0: waitToWrite(false)
    case 1: waitToWrite(true)
    default: close(complaint())
    }
  }

  private func waitToWrite(_ wanted: Bool) {
    guard wanted != wantsToWrite, let watch else { return }
    wantsToWrite = wanted
    EventThread.shared.update(watch, socket, writable: wanted)
  }
}
