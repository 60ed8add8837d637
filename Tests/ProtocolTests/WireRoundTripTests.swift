import Encodings
import Foundation
import LatchkeyProtocol
import Testing

/// Values of every kind that messages may hold come back as they were, from the bytes that are expected.
@Suite struct WireRoundTripTests {
  private func returns<Value: Codable & Equatable>(
    _ value: Value, location: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try MessagePack.encode(value)
    #expect(try MessagePack.decode(Value.self, from: bytes) == value, sourceLocation: location)
    #expect(try MessagePack.encode(MessagePack.decode(Value.self, from: bytes)) == bytes, sourceLocation: location)
  }

  @Test("integers of every width come back, in their shortest form")
  func integers() throws {
    for value in [Int64.min, -2_147_483_649, -32_769, -129, -33, -32, -1, 0, 127, 128, 255, 256, 65_536, .max] {
      try returns(value)
    }
    try returns([UInt64.max, 0])
    try returns([Int8.min, .max])
    try returns([UInt16.max])
    try returns([Int32.min])
    try returns([Int16.min])
    try returns([UInt32.max])
    try returns([UInt.max])
    try returns([Int.min])
    #expect(try MessagePack.encode(127) == [0x7F])
    #expect(try MessagePack.encode(128) == [0xCC, 0x80])
    #expect(try MessagePack.encode(-32) == [0xE0])
    #expect(try MessagePack.encode(-33) == [0xD0, 0xDF])
    #expect(try MessagePack.encode(65_536) == [0xCE, 0, 1, 0, 0])
  }

  @Test("texts, truth values and floats come back")
  func scalars() throws {
    for text in ["", "a", String(repeating: "é", count: 20), String(repeating: "x", count: 70_000), "日本語🔑"] {
      try returns(text)
    }
    try returns([true, false])
    try returns([0.1, -.infinity, .greatestFiniteMagnitude])
    try returns([Float(0.1)])
    #expect(try MessagePack.encode("a") == [0xA1, 0x61])
  }

  @Test("a date keeps its microseconds, before and after 1970 and far from it")
  func dates() throws {
    for microseconds: Int64 in [0, 1, -1, 1_700_000_000_123_457, -2_208_988_800_000_001, 7_900_000_000_999_999] {
      let date = try MessagePack.decode(Date.self, from: MessagePack.encode(microseconds))
      #expect(try MessagePack.decode(Int64.self, from: MessagePack.encode(date)) == microseconds)
    }
    try returns(Date.distantPast)
    try returns(Date.distantFuture)
  }

  @Test("identifiers, binary data, URLs and secrets come back, in the form that is promised")
  func special() throws {
    let uuid = try #require(UUID(uuidString: "00010203-0405-0607-0809-0A0B0C0D0E0F"))
    try returns(uuid)
    #expect(try MessagePack.encode(uuid) == [0xC4, 16] + Array(0...15))
    for count in [0, 255, 256, 70_000] { try returns(Data(repeating: 7, count: count)) }
    try returns([UInt8](0...255))
    #expect(try MessagePack.encode([UInt8]([1, 2])) == [0xC4, 2, 1, 2])
    try returns(try #require(URL(string: "https://example.com/a?b=c#d")))
    try returns(Secret("correct horse"))
    #expect(try MessagePack.encode(Secret("a")) == [0xA1, 0x61])
    try returns(RequestID())
    try returns(MethodName("oidc.exchangeToken/1"))
  }

  private struct Everything: Codable, Equatable {
    enum Choice: Codable, Equatable {
      case none
      case pair(Int, name: String?)
      case nested([String: [Int]])
    }
    struct Inner: Codable, Equatable {
      var zebra: String
      var ant: Int?
    }
    var zulu = 1
    var alpha: String? = nil
    var present: String? = "here"
    var choices: [Choice] = [.none, .pair(1, name: nil), .pair(2, name: "b"), .nested(["b": [1], "a": []])]
    var inner = Inner(zebra: "z", ant: 3)
    var list: [Inner] = (0..<20).map { Inner(zebra: "\($0)", ant: $0.isMultiple(of: 2) ? nil : $0) }
    var members: [String: Inner] = ["b": Inner(zebra: "b"), "a": Inner(zebra: "a")]
    var scopes: Set<String> = ["openid", "profile", "email", "groups"]
    var gaps: [String?] = ["a", nil, "b"]
    var when = Date(timeIntervalSince1970: 1_700_000_000.25)
    var id = UUID()
    var blob = Data([1, 2, 3])
    var claims: JSONValue = ["b": [1, 2.5, .null, "x", true], "a": ["deep": [:]]]
    var many: [String: Int] = Dictionary(uniqueKeysWithValues: (0..<300).map { ("key\($0)", $0) })
    var empty: [String: String] = [:]
  }

  @Test("structs, enums with values, arrays, dictionaries, sets and JSON come back")
  func composed() throws { try returns(Everything()) }

  @Test("the bytes do not depend on the order in which dictionaries and sets are walked")
  func deterministic() throws {
    let names = (0..<100).map { "name\($0)" }
    let one = try MessagePack.encode(Set(names))
    let other = try MessagePack.encode(
      names.reversed().reduce(into: Set<String>(minimumCapacity: 1000)) { $0.insert($1) })
    #expect(one == other)
    let forward = Dictionary(uniqueKeysWithValues: names.map { ($0, 1) })
    var backward = [String: Int](minimumCapacity: 1000)
    for name in names.reversed() { backward[name] = 1 }
    #expect(try MessagePack.encode(forward) == MessagePack.encode(backward))
    #expect(try MessagePack.encode(["b": 1, "a": 2]) == [0x82, 0xA1, 0x61, 2, 0xA1, 0x62, 1])
  }

  @Test("an absent optional takes no bytes, and a new optional field is read from old bytes as absent")
  func evolution() throws {
    struct Old: Codable { var name: String }
    struct New: Codable, Equatable {
      var name: String
      var colour: String?
    }
    let old = try MessagePack.encode(Old(name: "a"))
    #expect(try MessagePack.decode(New.self, from: old) == New(name: "a", colour: nil))
    #expect(try MessagePack.encode(New(name: "a", colour: nil)) == old)
    let new = try MessagePack.encode(New(name: "a", colour: "red"))
    #expect(try MessagePack.decode(Old.self, from: new).name == "a")
  }

  @Test("JSON values keep their kinds through MessagePack and through JSON")
  func json() throws {
    let value: JSONValue = ["a": 1, "b": 1.5, "c": "x", "d": [true, .null], "e": ["f": -3]]
    try returns(value)
    #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
    #expect(value["a"]?.integer == 1)
    #expect(value["d"]?.array?.first?.bool == true)
    #expect(value["e"]?["f"]?.integer == -3)
    #expect(value["d"]?.array?.last?.isNull == true)
  }
}
