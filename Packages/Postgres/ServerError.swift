import CLibpq

/// An error that the server reported, as far as we need it.
struct ServerError: Sendable {
  let state: String
  let message: String
  let constraint: String?
  let column: String?
  /// The backend ends with this error (severity FATAL or PANIC), so the state of what it was doing is uncertain.
  let isFatal: Bool
  /// The server's function that reported it: for some errors, the only part that is not translated.
  let function: String?

  init(_ result: OpaquePointer) {
    func field(_ code: Character) -> String? {
      code.asciiValue.flatMap { PQresultErrorField(result, Int32($0)) }.map { String(cString: $0) }
    }
    // The letters are those of the protocol's error fields: PG_DIAG_SEVERITY_NONLOCALIZED and so on.
    let severity = field("V") ?? field("S") ?? "ERROR"
    state = field("C") ?? ""
    // The primary message alone: DETAIL repeats the row's values.
    message = field("M") ?? String(cString: PQresultErrorMessage(result))
    constraint = field("n")
    column = field("c")
    function = field("R")
    // Without a SQLSTATE the error is libpq's own, about a connection that is gone.
    isFatal = state.isEmpty || ["FATAL", "PANIC"].contains(severity)
  }

  /// The prepared statement no longer fits the tables, or was deallocated: preparing it again helps.
  var asksToPrepareAgain: Bool {
    state == "26000" || (state == "0A000" && function == "RevalidateCachedQuery")
  }

  /// - Parameter outcomeIfFatal: the outcome of a statement whose backend died with this error.
  func failure(outcomeIfFatal: DatabaseFailure.Outcome) -> DatabaseFailure {
    // An ordinary error rolls its transaction back before we hear of it.
    DatabaseFailure(kind, isFatal ? outcomeIfFatal : .notDone, "\(state) \(message)")
  }

  private var kind: DatabaseFailure.Kind {
    switch state {
    case "57014", "25P03", "25P04", "57P05": .timedOut
    case _ where state.hasPrefix("23"): .constraint(name: constraint ?? column ?? "")
    // Connection exceptions, too many connections, shutting down or starting up; and no SQLSTATE at all, which means an
    // error of libpq's own.
    case "", "53300", "57P01", "57P02", "57P03": .unavailable
    case _ where state.hasPrefix("08"): .unavailable
    default: .sql(state: state)
    }
  }
}
