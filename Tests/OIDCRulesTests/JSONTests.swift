import OIDCRules
import Testing

@Suite("JSON")
struct JSONTests {
  @Test("members are sorted, text escaped, whole numbers whole")
  func written() {
    let value: ClaimValue = [
      "b": 1, "a": ["x", .null, true, .number(1.5)], "ä": "\"\\/\n\u{7F}😀", "": .object([:]), "B": .integer(.min),
    ]
    #expect(
      value.jsonText
        == #"{"":{},"B":-9223372036854775808,"a":["x",null,true,1.5],"b":1,"ä":"\"\\/\u000a\u007f😀"}"#)
  }

  @Test("what RFC 8259 allows is read")
  func read() throws {
    #expect(
      try ClaimValue(json: " { \"a\" : [ 1 , -0.5e1 , \"\\u00e4\\ud83d\\ude00\\n\" ] , \"b\" : { } }\n")
        == ["a": [1, .number(-5), "ä😀\n"], "b": .object([:])])
    #expect(try ClaimValue(json: "18446744073709551616") == .number(0x1p64))
  }

  @Test(
    "what it does not allow is refused for its reason",
    arguments: [
      ("", JSONRefusal.malformed(at: 0)), ("{", .malformed(at: 1)), ("[1,]", .malformed(at: 3)),
      ("{\"a\":1,}", .malformed(at: 7)), ("{a:1}", .malformed(at: 1)), ("01", .malformed(at: 1)),
      ("1.", .malformed(at: 2)),
      (".5", .malformed(at: 0)), ("+1", .malformed(at: 0)), ("-", .malformed(at: 1)), ("1 2", .malformed(at: 2)),
      ("NaN", .malformed(at: 0)), ("'a'", .malformed(at: 0)), ("\"\n\"", .malformed(at: 1)),
      ("\"\\x\"", .malformed(at: 2)),
      ("\"\\ud800\"", .malformed(at: 7)), ("\"\\udc00\"", .malformed(at: 7)), ("tru", .malformed(at: 3)),
      ("1e999", .numberOutOfRange), ("{\"a\":1,\"\\u0061\":2}", .duplicateMember("a")),
      (String(repeating: "[", count: 100_000), .tooLarge), (String(repeating: "[", count: 60_000), .tooDeep),
      (String(repeating: "{\"a\":", count: 1000), .tooDeep),
    ])
  func refused(_ text: String, _ reason: JSONRefusal) {
    #expect(refusal(JSONRefusal.self) { () throws(JSONRefusal) in try ClaimValue(json: text) } == reason)
  }

  @Test("bytes that are not UTF-8 are refused")
  func utf8() {
    #expect(
      refusal(JSONRefusal.self) { () throws(JSONRefusal) in try ClaimValue(json: [0x22, 0xFF, 0x22]) } == .invalidUTF8)
  }

  @Test("base64url has one spelling for each value")
  func base64url() {
    #expect(Base64URL.encode([]) == "" && Base64URL.decode("") == [])
    #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8" && Base64URL.decode("-_8") == [0xFB, 0xFF])
    for text in ["-_9", "-_8=", "+/8", "a", "-_8 ", "AA=="] { #expect(Base64URL.decode(text) == nil) }
  }
}
