import Foundation
import Postgres
import Testing

/// Sends one value and reads it back: through the server, as `Value`'s own type.
private struct RoundTrip<Value: PostgresValue>: Statement {
  static var sql: String { "SELECT $1" }
  let value: Value
  var bindings: Bindings { Bindings(value) }
  static func decode(_ row: inout RowReader) throws(RowError) -> Value { try row.next() }
}

/// Reads a column written in SQL as `Value`; the SQL is a type of its own, as statements want it.
private protocol Literal: Sendable { static var sql: String { get } }
private struct Read<Source: Literal, Value: PostgresValue>: Statement {
  static var sql: String { Source.sql }
  static func decode(_ row: inout RowReader) throws(RowError) -> Value { try row.next() }
}

private enum Mood: String, PostgresValue { case calm, busy }

@Suite("values") struct ValueTests {
  @Test("every type comes back from the server as it went")
  func roundTrips() async throws {
    try await withDatabase { (database: Database) async throws in
      func check<Value: PostgresValue & Equatable>(_ values: [Value]) async throws {
        for value in values {
          let back = try await database.first(RoundTrip(value: value))
          #expect(back == value, "\(Value.self)")
        }
        #expect(try await database.first(RoundTrip(value: Value?.none)) == .some(nil), "\(Value.self) NULL")
        #expect(try await database.first(RoundTrip(value: values.first)) == values.first, "\(Value.self) optional")
      }
      try await check([true, false])
      try await check([0, 1, -1, Int.max, Int.min])
      try await check([Int32.max, Int32.min, 0])
      try await check([Int64.max, Int64.min])
      try await check([0, 0.1, -1.5e308, .infinity, .leastNonzeroMagnitude])
      try await check(["", "a", "Grüße, 世界 🌍", "quote ' \\ \" $1", String(repeating: "x", count: 200_000)])
      try await check([[UInt8](), [0], Array(0...255)])
      try await check([Data(), Data([0, 255]), Data([1, 2, 3, 4]).dropFirst(2)])
      try await check([UUID()])
      try await check([JSONText("{\"a\": [1, null]}"), JSONText("null")])
      try await check([[String](), ["a"], ["", "b,c", "{\"x\"}", "NULL", "世界"]])
      try await check([[UUID](), [UUID(), UUID()]])
      try await check([[Int](), [1, -1, Int.max]])
      try await check([[Int32](), [7]])
      try await check([[Bool](), [true, false]])
      try await check([Mood.calm, .busy])
    }
  }

  @Test("dates keep their microseconds, also far from now")
  func dates() async throws {
    try await withDatabase { (database: Database) async throws in
      let dates = [
        Date(timeIntervalSince1970: 0), Date(timeIntervalSince1970: 1_700_000_000.123456),
        Date(timeIntervalSince1970: -0.000001), Date(timeIntervalSinceReferenceDate: 0),
        Date(timeIntervalSince1970: 4_102_444_800.999999),
      ]
      for date in dates {
        let back = try #require(try await database.first(RoundTrip(value: date)))
        #expect(abs(back.timeIntervalSince(date)) < 0.0000005)
        // What was read is written again without drifting.
        #expect(try await database.first(RoundTrip(value: back)) == back)
      }
      #expect(try await database.first(RoundTrip(value: dates)) == dates.map { Date(roundedToMicroseconds: $0) })
      // The first and the last moments that timestamptz can hold, to the second.
      let first = Date(timeIntervalSince1970: -210_866_803_200)
      let last = Date(timeIntervalSince1970: 9_224_318_015_999)
      #expect(try await database.first(RoundTrip(value: first)) == first)
      #expect(try await database.first(RoundTrip(value: last)) == last)
    }
  }

  @Test(
    "dates that timestamptz cannot hold are refused before anything is sent",
    arguments: [Double.infinity, -.infinity, .nan, 9_224_318_016_000, -210_866_803_201])
  func impossibleDates(seconds: Double) async throws {
    try await withDatabase { (database: Database) async throws in
      let refusal = await failure { () async throws(DatabaseFailure) in
        try await database.first(RoundTrip(value: Date(timeIntervalSince1970: seconds)))
      }
      #expect(refusal?.kind == .encoding)
      #expect(refusal?.outcome == .notDone)
      #expect(refusal?.message.contains("parameter $1") == true)
    }
  }

  @Test("a NUL is refused in every kind of text")
  func nul() async throws {
    try await withDatabase { (database: Database) async throws in
      let refusals = [
        await failure { () async throws(DatabaseFailure) in try await database.first(RoundTrip(value: "a\0b")) },
        await failure { () async throws(DatabaseFailure) in try await database.first(RoundTrip(value: ["a", "\0"])) },
        await failure { () async throws(DatabaseFailure) in try await database.first(RoundTrip(value: JSONText("\0")))
        },
      ]
      for refusal in refusals {
        #expect(refusal?.kind == .encoding)
        #expect(refusal?.message.contains("NUL") == true)
        #expect(refusal?.message.contains("a\0b") == false)
      }
    }
  }

  private enum SmallInt: Literal { static let sql = "SELECT 7::smallint AS small" }
  private enum BigInt: Literal { static let sql = "SELECT 7::bigint AS big" }
  private enum Null: Literal { static let sql = "SELECT NULL::text AS nothing" }
  private enum InfiniteDate: Literal { static let sql = "SELECT 'infinity'::timestamptz AS ends_at" }
  private enum NegativeInfinity: Literal { static let sql = "SELECT '-infinity'::timestamptz AS ends_at" }
  private enum LocalTime: Literal { static let sql = "SELECT now()::timestamp AS local" }
  private enum NullInArray: Literal { static let sql = "SELECT ARRAY['a', NULL]::text[] AS tags" }
  private enum Matrix: Literal { static let sql = "SELECT ARRAY[['a'], ['b']] AS tags" }
  private enum Address: Literal { static let sql = "SELECT '10.0.0.1'::inet AS address" }
  private enum JSON: Literal { static let sql = "SELECT '{}'::jsonb AS document" }
  private enum OddMood: Literal { static let sql = "SELECT 'angry' AS mood" }
  private enum Real: Literal { static let sql = "SELECT 0.5::real AS half" }
  private enum Varchars: Literal { static let sql = "SELECT ARRAY['a', 'b']::varchar[] AS names" }
  private enum Plain: Literal { static let sql = "SELECT '{\"a\":1}'::json AS document" }

  @Test("narrower columns are read into wider types")
  func widening() async throws {
    try await withDatabase { (database: Database) async throws in
      #expect(try await database.first(Read<SmallInt, Int>()) == 7)
      #expect(try await database.first(Read<SmallInt, Int32>()) == 7)
      #expect(try await database.first(Read<Real, Double>()) == 0.5)
      #expect(try await database.first(Read<Varchars, [String]>()) == ["a", "b"])
      #expect(try await database.first(Read<Plain, JSONText>()) == JSONText("{\"a\":1}"))
    }
  }

  @Test("what cannot be read says which column and which type")
  func decodingErrors() async throws {
    try await withDatabase { (database: Database) async throws in
      func check<S: Statement>(_ statement: S, _ words: [String]) async {
        let refusal = await failure { () async throws(DatabaseFailure) in try await database.first(statement) }
        #expect(refusal?.kind == .decoding)
        for word in words { #expect(refusal?.message.contains(word) == true, "\(word) in \(refusal?.message ?? "")") }
      }
      await check(Read<Null, String>(), ["nothing", "NULL", "String"])
      await check(Read<BigInt, Int32>(), ["big", "int8", "Int32"])
      await check(Read<BigInt, String>(), ["big", "int8", "String"])
      await check(Read<InfiniteDate, Date>(), ["ends_at", "infinity"])
      await check(Read<NegativeInfinity, Date>(), ["ends_at", "infinity"])
      await check(Read<LocalTime, Date>(), ["local", "without time zone"])
      await check(Read<NullInArray, [String]>(), ["tags", "NULL"])
      await check(Read<Matrix, [String]>(), ["tags", "one-dimensional"])
      await check(Read<NullInArray, [UUID]>(), ["tags", "text"])
      await check(Read<Address, String>(), ["address", "String"])
      await check(Read<JSON, String>(), ["document", "JSONText"])
      await check(Read<OddMood, Mood>(), ["mood", "Mood"])
      await check(Read<SmallInt, [Int]>(), ["small", "int2"])
      await check(Read<SmallInt, UUID>(), ["small", "UUID"])
      await check(Read<SmallInt, Bool>(), ["small", "Bool"])
      await check(Read<SmallInt, Data>(), ["small", "Data"])
      await check(Read<SmallInt, Double>(), ["small", "Double"])
    }
  }

  private struct TwoColumns: Statement {
    static let sql = "SELECT 1 AS one, 2 AS two"
    static func decode(_ row: inout RowReader) throws(RowError) -> Int { try row.next() }
  }
  private struct MissingColumn: Statement {
    static let sql = "SELECT 1 AS one"
    static func decode(_ row: inout RowReader) throws(RowError) -> [Int] { [try row.next(), try row.next()] }
  }

  @Test("a decoder that reads fewer or more columns than there are is refused")
  func columnCount() async throws {
    try await withDatabase { (database: Database) async throws in
      let few = await failure { () async throws(DatabaseFailure) in try await database.first(TwoColumns()) }
      #expect(few?.message.contains("column two") == true)
      let many = await failure { () async throws(DatabaseFailure) in try await database.first(MissingColumn()) }
      #expect(many?.message.contains("column 2") == true)
    }
  }

  @Test("enums of the database are read as their text")
  func databaseEnums() async throws {
    try await withDatabase(setUp: "CREATE TYPE mood AS ENUM ('calm', 'busy')") { (database: Database) async throws in
      enum Source: Literal { static let sql = "SELECT 'busy'::mood AS mood" }
      #expect(try await database.first(Read<Source, Mood>()) == .busy)
    }
  }
}

extension Date {
  fileprivate init(roundedToMicroseconds date: Date) {
    let epoch = 366.0 * 86_400
    let microseconds = ((date.timeIntervalSinceReferenceDate + epoch) * 1e6).rounded()
    self.init(timeIntervalSinceReferenceDate: microseconds / 1e6 - epoch)
  }
}
