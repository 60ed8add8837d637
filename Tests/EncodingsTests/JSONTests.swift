import Encodings
import Testing

@Suite("JSON")
struct JSONTests {
  private func refusal(of text: String, _ bounds: JSONBounds = .foreign) -> JSONRefusal? {
    do throws(JSONRefusal) { _ = try JSONValue(json: text, bounds) } catch { return error }
    return nil
  }

  @Test("members are sorted, text escaped, whole numbers whole")
  func written() {
    let value: JSONValue = [
      "b": 1, "a": ["x", .null, true, .number(1.5)], "ä": "\"\\/\n\u{7F}😀", "": .object([:]), "B": .integer(.min),
    ]
    #expect(
      value.jsonText
        == #"{"":{},"B":-9223372036854775808,"a":["x",null,true,1.5],"b":1,"ä":"\"\\/\u000a\u007f😀"}"#)
    #expect(JSONValue.array([.number(.infinity), .number(.nan)]).jsonText == "[null,null]")
  }

  @Test("nothing in a text for a page is markup or ends a line, and the rest stays as it is")
  func markup() throws {
    let value: JSONValue = ["a": ["</script>&\u{1}\"\\\n é\u{2028}x\u{2029}\u{202A}\u{20AC}", .number(0.5), -7]]
    let text = value.jsonText(escaping: .markup)
    #expect(
      text == #"{"a":["\u003c/script\u003e\u0026\u0001\"\\\u000a é\u2028x\u2029"# + "\u{202A}\u{20AC}\",0.5,-7]}")
    #expect(try JSONValue(json: text) == value)
  }

  @Test("what RFC 8259 allows is read")
  func read() throws {
    #expect(
      try JSONValue(json: " { \"a\" : [ 1 , -0.5e1 , \"\\u00e4\\ud83d\\ude00\\n\" ] , \"b\" : { } }\n")
        == ["a": [1, .number(-5), "ä😀\n"], "b": .object([:])])
    #expect(
      try JSONValue(json: #" {"a":[1,-2.5,1e2,true,false,null,"x"],"c":"\u00e9\/\b\f\r\t","d":0,"e":-0} "#)
        == ["a": [1, .number(-2.5), .number(100), true, false, .null, "x"], "c": "é/\u{8}\u{C}\r\t", "d": 0, "e": 0])
    #expect(try JSONValue(json: "18446744073709551616") == .number(0x1p64))
    #expect(try JSONValue(json: "[9223372036854775807,-9223372036854775808]") == [.integer(.max), .integer(.min)])
  }

  @Test(
    "what it does not allow is refused for its reason, at its place",
    arguments: [
      ("", JSONRefusal.Reason.endsEarly, 1), ("{", .nameExpected, 2), ("[1,]", .valueExpected, 4),
      ("[1", .commaOrBracketExpected, 3), ("[1 2]", .commaOrBracketExpected, 4), ("{\"a\":1,}", .nameExpected, 8),
      ("{\"a\":1 \"b\"", .commaOrBraceExpected, 8), ("{a:1}", .nameExpected, 2), ("{\"a\" 1}", .colonExpected, 6),
      ("01", .trailingText, 2), ("1.", .digitExpected, 3), ("1e", .digitExpected, 3), (".5", .valueExpected, 1),
      ("+1", .valueExpected, 1), ("-", .digitExpected, 2), ("1 2", .trailingText, 3), ("{} {}", .trailingText, 4),
      ("NaN", .valueExpected, 1), ("'a'", .valueExpected, 1), ("\"\n\"", .controlCharacter, 1),
      ("\"\u{1}\"", .controlCharacter, 3), ("\"a", .stringWithoutEnd, 3), ("\"\\", .stringWithoutEnd, 3),
      ("\"\\x\"", .unknownEscape, 4), ("\"\\u00g0\"", .hexadecimalExpected, 4), ("\"\\u12", .hexadecimalExpected, 4),
      ("\"\\ud800\"", .loneSurrogate, 8), ("\"\\udc00\"", .loneSurrogate, 8),
      ("\"\\ud800\\u0041\"", .loneSurrogate, 14), ("tru", .valueExpected, 1), ("nul", .valueExpected, 1),
      ("\u{FEFF}{}", .valueExpected, 1), ("1e999", .numberOutOfRange, 6),
      ("{\"a\":1,\"\\u0061\":2}", .duplicateMember("a"), 16), (String(repeating: "[", count: 100_000), .tooLarge, 1),
      (String(repeating: "[", count: 60_000), .tooDeep, 17), (String(repeating: "{\"a\":", count: 1000), .tooDeep, 81),
    ])
  func refused(_ text: String, _ reason: JSONRefusal.Reason, _ column: Int) {
    let refusal = refusal(of: text)
    #expect(refusal?.reason == reason)
    #expect(refusal?.column == column)
  }

  @Test("bytes that are not UTF-8 are refused")
  func utf8() {
    #expect { try JSONValue(json: [0x22, 0xFF, 0x22]) } throws: { ($0 as? JSONRefusal)?.reason == .invalidUTF8 }
  }

  @Test("a refusal says line, column and field")
  func place() {
    let refusal = refusal(of: "{\n  \"callbackURLs\": [\"a\", oops]\n}")
    #expect(refusal?.field == "callbackURLs[1]" && refusal?.line == 2 && refusal?.column == 25)
    #expect(
      refusal?.sentence
        == "The JSON is not well-formed at line 2, column 25, in callbackURLs[1]: a value was expected.")
    #expect(self.refusal(of: #"{"a":{"b":[{"c":x}]}}"#)?.field == "a.b[0].c")
    #expect(self.refusal(of: "[[x]]")?.field == "[0][0]" && self.refusal(of: "x")?.field == "")
  }

  @Test("a name that stands twice is refused: two readers could see two values, Swift's included")
  func duplicates() throws {
    #expect(refusal(of: #"{"step":"consent","step":"authenticate"}"#)?.sentence.contains("stands twice") == true)
    #expect(refusal(of: "{\"\u{E9}\":1,\"e\u{301}\":2}")?.reason == .duplicateMember("e\u{301}"))
    #expect(try JSONValue(json: #"{"a":1,"b":{"a":1},"A":2}"#)["A"] == 2)
  }

  @Test("a member is found by its bytes, not by another spelling of its name")
  func lookUp() throws {
    let value = try JSONValue(json: "{\"\u{212A}\":1,\"e\u{301}\":2}")
    #expect(value["K"] == nil && value["\u{E9}"] == nil && value["\u{212A}"] == 1 && value["e\u{301}"] == 2)
    #expect(JSONValue.null["a"] == nil)
  }

  @Test("depth, size, names and values are bounded where the caller says")
  func bounds() throws {
    let bounds = JSONBounds(bytes: 30, depth: 2, name: 4, values: 5)
    #expect(refusal(of: "[[1,2],3]", bounds) == nil && refusal(of: "[[[]]]", bounds)?.reason == .tooDeep)
    #expect(refusal(of: "[1,2,3,4]", bounds) == nil && refusal(of: "[1,2,3,4,5]", bounds)?.reason == .tooManyValues)
    #expect(refusal(of: "{\"name\":1}", bounds) == nil)
    #expect(refusal(of: "{\"names\":1}", bounds)?.reason == .nameTooLong(limit: 4))
    #expect(refusal(of: "\"\(String(repeating: "x", count: 28))\"", bounds) == nil)
    #expect(refusal(of: "\"\(String(repeating: "x", count: 29))\"", bounds)?.reason == .tooLarge)
  }

  @Test("a name is measured before it is hashed: one of combining marks costs what its bytes cost")
  func longNames() throws {
    let marks = String(repeating: "\u{0300}", count: 16_000) + String(repeating: "\u{0316}", count: 16_000)
    let time = ContinuousClock().measure {
      let refusal = refusal(of: "{\"\(marks)\":1}")
      #expect(refusal?.reason == .nameTooLong(limit: JSONBounds.foreign.name))
      #expect(refusal?.sentence.contains("at most 256 bytes") == true)
    }
    #expect(time < .milliseconds(300))
    let longest = String(repeating: "n", count: JSONBounds.foreign.name)
    #expect(try JSONValue(json: "{\"\(longest)\":1}")[longest] == 1)
  }

  @Test("a list of strings is one string or an array of them")
  func strings() {
    #expect(JSONValue("a").strings == ["a"] && JSONValue(["a", "b"]).strings == ["a", "b"])
    #expect((["a", 1] as JSONValue).strings == nil && JSONValue.null.strings == nil)
  }
}
