import CLibpq

extension Connection {
  /// Resolves the host, connects, authenticates; ends with `.ready` or `.lost`.
  nonisolated func open() {
    EventThread.shared.after(settings.configuration.connectTimeout) { [weak self] in
      self?.assumeIsolated { connection in
        if !connection.isOpen, connection.phase != .dead { connection.close("no connection within the time allowed") }
      }
    }
    let host = settings.configuration.host
    if settings.configuration.isLocalSocket {
      EventThread.shared.run { [weak self] in self?.assumeIsolated { $0.begin(addresses: []) } }
    } else {
      Resolver.resolve(host) { [weak self] result in
        self?.assumeIsolated { connection in
          switch result {
          case .success(let addresses): connection.begin(addresses: addresses)
          case .failure(let error): connection.close("cannot resolve the host \(host): \(error.explanation)")
          }
        }
      }
    }
  }

  private func begin(addresses: [String]) {
    guard phase == .opening else { return }
    let keywords = settings.keywords(addresses: addresses)
    pg = withCStrings(keywords.map(\.0)) { names in
      withCStrings(keywords.map(\.1)) { values in PQconnectStartParams(names, values, 0) }
    }
    guard let pg else { return close("out of memory") }
    guard PQstatus(pg) != CONNECTION_BAD else { return close(complaint()) }
    // libpq would print the server's notices to standard error.
    PQsetNoticeProcessor(pg, { _, _ in }, nil)
    // The only way to learn the SQLSTATE of a refused connection.
    PQsetErrorVerbosity(pg, PQERRORS_VERBOSE)
    awaitSocket(for: PGRES_POLLING_WRITING)
  }

  /// One step of the handshake, when the socket is ready for it.
  func advanceOpening() {
    let step = PQconnectPoll(pg)
    switch step {
    case PGRES_POLLING_READING, PGRES_POLLING_WRITING: awaitSocket(for: step)
    case PGRES_POLLING_OK: finishOpening()
    default: close(complaint())
    }
  }

  /// libpq may use another socket after every step (the next address, TLS refused), so the watch is set up again.
  private func awaitSocket(for step: PostgresPollingStatusType) {
    if let watch { EventThread.shared.unwatch(watch, socket) }
    socket = PQsocket(pg)
    guard socket >= 0 else { return close(complaint()) }
    let writable = step == PGRES_POLLING_WRITING
    let token = EventThread.shared.watch(socket, writable: writable) { [weak self] readiness in
      self?.assumeIsolated { $0.socketIsReady(readiness) }
    }
    // While waiting to write, an early "readable" would make libpq take the step too soon.
    if writable { EventThread.shared.update(token, socket, readable: false, writable: true) }
    watch = token
  }

  private func finishOpening() {
    guard PQsetnonblocking(pg, 1) == 0, PQenterPipelineMode(pg) == 1 else { return close(complaint()) }
    awaitSocket(for: PGRES_POLLING_READING)
    guard phase == .opening else { return }
    phase = .ready
    guard let schema = settings.configuration.schema else { return announce() }
    // This schema only: in `public`, other programs may have tables of the same names, and a table that we lack must be
    // missing rather than theirs. Set by a statement rather than by start-up options, because poolers such as PgBouncer
    // drop those; a pooler must keep a session on its server connection, as LISTEN and prepared statements require too.
    send(Request(command: "SET search_path TO \(SQLText.identifier(schema))")) { [weak self] result in
      self?.assumeIsolated { connection in
        switch result {
        case .success: connection.announce()
        case .failure(let failure): connection.close(failure.message)
        }
      }
    }
  }

  private func announce() {
    isOpen = true
    tell(.ready)
  }
}

/// Calls `body` with a nil-terminated array of C strings.
private func withCStrings<R>(_ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
  func next(_ index: Int, _ pointers: inout [UnsafePointer<CChar>?]) -> R {
    guard index < strings.count else { return (pointers + [nil]).withUnsafeBufferPointer { body(base($0)) } }
    return strings[index].withCString { pointer in
      pointers.append(pointer)
      return next(index + 1, &pointers)
    }
  }
  func base(_ buffer: UnsafeBufferPointer<UnsafePointer<CChar>?>) -> UnsafePointer<UnsafePointer<CChar>?> {
    // The buffer holds at least the closing nil, so it has an address.
    guard let base = buffer.baseAddress else { preconditionFailure("an array with an element has an address") }
    return base
  }
  var pointers: [UnsafePointer<CChar>?] = []
  return next(0, &pointers)
}
