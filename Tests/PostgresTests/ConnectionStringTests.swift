import Postgres
import Testing

@Suite("connection strings") struct ConnectionStringTests {
  @Test("everything is found")
  func complete() throws {
    let parsed = try DatabaseConfiguration(
      connectionString:
        "postgresql://us%40er:p%2Fa%3Ass%25@db.example:6432/lat%20ch?sslmode=verify-full&connect_timeout=7")
    #expect(parsed.user == "us@er")
    #expect(parsed.password == "p/a:ss%")
    #expect(parsed.host == "db.example")
    #expect(parsed.port == 6432)
    #expect(parsed.database == "lat ch")
    #expect(parsed.parameters == ["sslmode": "verify-full"])
    #expect(parsed.connectTimeout == .seconds(7))
  }

  @Test(
    "short forms have their defaults",
    arguments: [
      ("postgres://h", "h", 5432, nil, nil), ("postgres://u@h/d", "h", 5432, "u", "d"),
      ("postgres://[::1]:5433/d", "::1", 5433, nil, "d"), ("postgres:///d", "/var/run/postgresql", 5432, nil, "d"),
      ("postgres://u@%2Fvar%2Frun/d", "/var/run", 5432, "u", "d"),
      ("postgres:///d?host=/tmp&port=77", "/tmp", 77, nil, "d"),
      ("postgres://h/?dbname=x&user=y", "h", 5432, "y", "x"),
    ] as [(String, String, Int, String?, String?)])
  func short(text: String, host: String, port: Int, user: String?, database: String?) throws {
    let parsed = try DatabaseConfiguration(connectionString: text)
    #expect(parsed.host == host)
    #expect(parsed.port == port)
    #expect(parsed.user == user)
    #expect(parsed.database == database)
  }

  @Test("a search path is accepted and has no effect: the schema is said elsewhere")
  func searchPath() throws {
    let parsed = try DatabaseConfiguration(connectionString: "postgres://h/d?search_path=elsewhere&sslmode=require")
    #expect(parsed.schema == nil && parsed.parameters == ["sslmode": "require"])
  }

  @Test(
    "what is wrong is named, and the password is not",
    arguments: [
      ("mysql://u:hunter2@h/d", "postgres://"), ("host=h password=hunter2", "postgres://"), ("", "postgres://"),
      ("postgres://u:hunter2@h:99999/d", "port"), ("postgres://u:hunter2@h:x/d", "port"),
      ("postgres://u:hunter2@h:/d", "port"),
      ("postgres://u:hunter2@@h/d", "%40"), ("postgres://u:hunter2/x@h/d", "%2F"),
      ("postgres://u:hunter2?x@h/d", "%3F"),
      ("postgres://u:hunter2#x@h/d", "%23"), ("postgres://u:hunter2:x@h/d", "%3A"),
      ("postgres://u:hunter2%zz@h/d", "password"),
      ("postgres://u:hunter2%00@h/d", "password"), ("postgres://u:hunter2%ff@h/d", "password"),
      ("postgres://u:hunter2@h/d?sslmode=maybe", "sslmode"),
      ("postgres://u:hunter2@h/d?hunter=1", "unknown parameter hunter"),
      ("postgres://u:hunter2@h/d?Hunter2=1", "unknown parameter."), ("postgres://u:hunter2@h/d?sslmode", "value"),
      ("postgres://u:hunter2@h/d?sslmode=require&sslmode=require", "twice"),
      ("postgres://u:hunter2@h/d?host=x", "twice"),
      ("postgres://u:hunter2@h1,h2/d", "several hosts"), ("postgres://u:hunter2@::1/d", "brackets"),
      ("postgres://u:hunter2@[::1/d", "bracket"), ("postgres://u:hunter2@h/d/e", "slash"),
      ("postgres://u:hunter2 @h/d", "space"), ("postgres://u:hunter2@h/d?connect_timeout=0", "connect_timeout"),
    ])
  func refusals(text: String, word: String) throws {
    let refusal = #expect(throws: ConnectionStringError.self) { try DatabaseConfiguration(connectionString: text) }
    let sentence = try #require(refusal).description
    #expect(sentence.contains(word), "\(sentence)")
    #expect(!sentence.contains("hunter2"))
  }

  @Test("printing a configuration never shows the password")
  func redaction() throws {
    let parsed = try DatabaseConfiguration(connectionString: "postgres://u:hunter2@h/d")
    var dumped = ""
    dump(parsed, to: &dumped)
    for text in ["\(parsed)", String(reflecting: parsed), dumped] {
      #expect(!text.contains("hunter2"), "\(text)")
      #expect(text.contains("u@h:5432/d"))
    }
  }

  @Test(
    "a configuration written as a string reads the same",
    arguments: [
      "postgres://h", "postgres://u:p%40%2F%3A%3F%23%25@[::1]:1/d%20d?sslmode=require", "postgres://u@%2Ftmp%2Fa/d",
    ])
  func writtenAndRead(text: String) throws {
    let one = try DatabaseConfiguration(connectionString: text)
    let two = try DatabaseConfiguration(connectionString: one.connectionString)
    #expect(two.connectionString == one.connectionString)
    #expect(two.password == one.password)
    #expect(two.host == one.host)
    #expect(two.parameters == one.parameters)
  }
}
