/// The number by which PostgreSQL knows a type (`pg_type.oid`). The built-in numbers never change between versions.
public struct PostgresType: Hashable, Sendable, CustomStringConvertible {
  public let oid: UInt32

  public init(oid: UInt32) { self.oid = oid }

  public static let bool = PostgresType(oid: 16)
  public static let bytea = PostgresType(oid: 17)
  public static let char = PostgresType(oid: 18)
  public static let name = PostgresType(oid: 19)
  public static let int8 = PostgresType(oid: 20)
  public static let int2 = PostgresType(oid: 21)
  public static let int4 = PostgresType(oid: 23)
  public static let text = PostgresType(oid: 25)
  public static let json = PostgresType(oid: 114)
  public static let float4 = PostgresType(oid: 700)
  public static let float8 = PostgresType(oid: 701)
  public static let boolArray = PostgresType(oid: 1000)
  public static let byteaArray = PostgresType(oid: 1001)
  public static let int4Array = PostgresType(oid: 1007)
  public static let textArray = PostgresType(oid: 1009)
  public static let varcharArray = PostgresType(oid: 1015)
  public static let int8Array = PostgresType(oid: 1016)
  public static let bpchar = PostgresType(oid: 1042)
  public static let varchar = PostgresType(oid: 1043)
  public static let date = PostgresType(oid: 1082)
  public static let timestamp = PostgresType(oid: 1114)
  public static let timestamptz = PostgresType(oid: 1184)
  public static let timestamptzArray = PostgresType(oid: 1185)
  public static let numeric = PostgresType(oid: 1700)
  public static let uuid = PostgresType(oid: 2950)
  public static let uuidArray = PostgresType(oid: 2951)
  public static let jsonb = PostgresType(oid: 3802)

  /// Enums, `citext` and other types that a database defines itself start here; enums and `citext` are sent as text.
  static let firstUserDefined: UInt32 = 16384

  var isArray: Bool { Self.arrays.contains(self) || oid >= Self.firstUserDefined }

  private static let arrays: Set<PostgresType> = [
    .boolArray, .byteaArray, .int4Array, .textArray, .varcharArray, .int8Array, .timestamptzArray, .uuidArray,
  ]

  /// The type's SQL name where it is one of ours, its number otherwise.
  public var description: String { Self.names[self] ?? "type \(oid)" }

  private static let names: [PostgresType: String] = [
    .bool: "bool", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "int8", .int2: "int2", .int4: "int4",
    .text: "text", .json: "json", .float4: "float4", .float8: "float8", .boolArray: "bool[]", .byteaArray: "bytea[]",
    .int4Array: "int4[]",
    .textArray: "text[]", .varcharArray: "varchar[]", .int8Array: "int8[]", .bpchar: "char(n)", .varchar: "varchar",
    .date: "date", .timestamp: "timestamp without time zone", .timestamptz: "timestamptz",
    .timestamptzArray: "timestamptz[]", .numeric: "numeric", .uuid: "uuid", .uuidArray: "uuid[]", .jsonb: "jsonb",
  ]
}
