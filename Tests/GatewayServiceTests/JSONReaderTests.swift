import GatewayService
import LatchkeyProtocol
import Testing

@Suite("JSON")
struct JSONReaderTests {
  private func read(_ text: String) throws -> JSONValue { try JSONReader.read(Array(text.utf8)) }

  @Test("every kind of value is read")
  func values() throws {
    let value = try read(#" {"a":[1,-2.5,1e2,true,false,null,"x"],"b":{}, "c":"\u00e9\ud83d\ude00\n\/","d":0} "#)
    let expected: JSONValue = [
      "a": [1, .number(-2.5), .number(100), true, false, nil, "x"], "b": .object([:]), "c": "é😀\n/", "d": 0,
    ]
    #expect(value == expected)
  }

  @Test(
    "what is not JSON is refused",
    arguments: [
      "", "{", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "1.", "1e", "-", "+1", "tru", "'a'", "\"\u{1}\"",
      "\"a",
      "\"\\x\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "{} {}", "nul", "[1 2]", "1e999", "\u{FEFF}{}",
    ])
  func malformed(text: String) {
    #expect(throws: JSONReader.Problem.self) { try read(text) }
  }

  @Test("a problem says line, column and field")
  func place() {
    #expect {
      try read("{\n  \"callbackURLs\": [\"a\", oops]\n}")
    } throws: { error in
      let problem = error as? JSONReader.Problem
      return problem?.field == "callbackURLs[1]" && problem?.line == 2 && problem?.column == 25
    }
  }

  @Test("a name that stands twice is refused: two readers could see two values")
  func duplicate() {
    #expect {
      try read(#"{"step":"consent","step":"authenticate"}"#)
    } throws: { ($0 as? JSONReader.Problem)?.expectation.contains("stands twice") == true }
  }

  @Test("a name is measured before it is hashed: one of combining marks costs what its bytes cost")
  func longNames() throws {
    let marks = String(repeating: "\u{0300}", count: 16_300) + String(repeating: "\u{0316}", count: 16_300)
    let time = ContinuousClock().measure {
      #expect {
        try read("{\"\(marks)\":1}")
      } throws: { ($0 as? JSONReader.Problem)?.expectation.contains("at most 128 bytes") == true }
    }
    #expect(time < .milliseconds(300))
    let longest = String(repeating: "n", count: Limits.name)
    #expect(try read("{\"\(longest)\":1}")[longest] == 1)
  }

  @Test("nesting is bounded")
  func depth() {
    let deep = String(repeating: "[", count: 60_000)
    #expect(throws: JSONReader.Problem.self) { try read(deep) }
  }

  @Test("bytes that are not UTF-8 are refused")
  func encoding() {
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
  }

  @Test("what is written reads the same, and HTML in it stays text")
  func roundTrip() throws {
    let value: JSONValue = ["a": ["<script>&\u{1}\"\\\n é", .number(0.5), -7], "b": nil, "c": true]
    let text = JSONText.text(value)
    #expect(!text.contains("<"))
    #expect(try read(text) == value)
  }
}
