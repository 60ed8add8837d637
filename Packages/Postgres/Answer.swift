import CLibpq

/// One answer of the server: libpq's result, freed with the last reference.
final class Answer: Sendable {
  // The result is never changed after it is made, and libpq's reading functions may be called from any thread.
  private nonisolated(unsafe) let result: OpaquePointer

  init(adopting result: OpaquePointer) { self.result = result }

  deinit { PQclear(result) }

  var rowCount: Int { Int(PQntuples(result)) }
  var columnCount: Int { Int(PQnfields(result)) }

  /// Rows inserted, updated, deleted or selected; 0 for a command without such a count.
  var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// The server's tag for what it did: "COMMIT", "ROLLBACK", "INSERT 0 1".
  var commandTag: String { String(cString: PQcmdStatus(result)) }

  func columnName(_ column: Int) -> String { PQfname(result, Int32(column)).map { String(cString: $0) } ?? "?" }

  func value<Value: PostgresValue>(row: Int, column: Int) throws(ValueProblem) -> Value {
    let (row, column) = (Int32(row), Int32(column))
    guard PQgetisnull(result, row, column) == 0 else { return try Value.decodeNull() }
    let raw = UnsafeRawBufferPointer(
      start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    return try Value.decode(PostgresCell(type: PostgresType(oid: PQftype(result, column)), raw: raw))
  }

  /// All rows, decoded by the statement that asked for them. Called off the event thread.
  func rows<S: Statement>(of _: S.Type) throws(DatabaseFailure) -> [S.Row] {
    var rows: [S.Row] = []
    rows.reserveCapacity(rowCount)
    for index in 0..<rowCount { rows.append(try row(index, of: S.self)) }
    return rows
  }

  func firstRow<S: Statement>(of _: S.Type) throws(DatabaseFailure) -> S.Row? {
    rowCount == 0 ? nil : try row(0, of: S.self)
  }

  private func row<S: Statement>(_ index: Int, of _: S.Type) throws(DatabaseFailure) -> S.Row {
    var reader = RowReader(self, row: index)
    do throws(RowError) {
      let row = try S.decode(&reader)
      try reader.checkEverythingWasRead()
      return row
    } catch {
      // The statement has run and is committed: only its answer is unreadable, so its effect is not undone.
      throw DatabaseFailure(.decoding, .unknown, "\(S.self): \(error)")
    }
  }
}
