import Encodings
import Foundation
import LatchkeyProtocol
import Testing
import TestKit

/// What has no bytes, and bytes that are no value, are refused for the right reason and at the right place.
@Suite struct WireRefusalTests {
  fileprivate struct Named: Codable { var name: String }

  private func reason<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> WireError.Reason? {
    do {
      _ = try MessagePack.decode(type, from: bytes)
      return nil
    } catch { return error.reason }
  }

  private func reason(encoding value: some Encodable) -> WireError.Reason? {
    do {
      _ = try MessagePack.encode(value)
      return nil
    } catch { return error.reason }
  }

  private func isUnsupported(_ reason: WireError.Reason?, _ word: String) -> Bool {
    if case .unsupported(let text)? = reason { text.contains(word) } else { false }
  }

  @Test("bytes that end too early, and claims beyond the bytes, are refused before room is made")
  func truncated() {
    #expect(reason(String.self, []) == .truncated)
    #expect(reason(String.self, [0xA5, 0x61]) == .truncated)
    #expect(reason(String.self, [0xDB, 0xFF, 0xFF, 0xFF, 0xFF, 0x61]) == .truncated)
    #expect(reason([Int].self, [0xDD, 0xFF, 0xFF, 0xFF, 0xFF, 1]) == .truncated)
    #expect(reason([String: Int].self, [0xDF, 0x7F, 0xFF, 0xFF, 0xFF, 1, 1]) == .truncated)
    #expect(reason(Data.self, [0xC6, 0, 1, 0, 0, 1]) == .truncated)
    #expect(reason(Int.self, [0xCF, 0, 0]) == .truncated)
  }

  @Test("bytes after the value are refused")
  func trailing() { #expect(reason(Int.self, [1, 2]) == .trailingBytes) }

  @Test("text that is not UTF-8 is refused, in values, in keys and in fields that nobody reads")
  func invalidUTF8() {
    #expect(reason(String.self, [0xA2, 0xC3, 0x28]) == .invalidUTF8)
    #expect(reason(String.self, [0xA3, 0xED, 0xA0, 0x80]) == .invalidUTF8)
    #expect(reason([String: Int].self, [0x81, 0xA1, 0xFF, 1]) == .invalidUTF8)
    let unread: [UInt8] = [0x82, 0xA4, 0x6E, 0x61, 0x6D, 0x65, 0xA1, 0x61, 0xA1, 0x7A, 0xA1, 0xFF]
    #expect(reason(Named.self, unread) == .invalidUTF8)
  }

  @Test("a key that occurs twice, out of order, or is no string, is refused")
  func keys() {
    #expect(reason([String: Int].self, [0x82, 0xA1, 0x61, 1, 0xA1, 0x61, 2]) == .duplicateKey)
    #expect(reason([String: Int].self, [0x82, 0xA1, 0x62, 1, 0xA1, 0x61, 2]) == .unsortedKeys)
    #expect(reason([String: Int].self, [0x81, 1, 1]) == .keyIsNotAString)
  }

  @Test("numbers beyond the type are refused")
  func overflow() {
    #expect(reason(Int8.self, [0xCC, 0x80]) == .overflow(of: "Int8"))
    #expect(reason(UInt.self, [0xFF]) == .overflow(of: "UInt"))
    #expect(reason(Int64.self, [0xCF] + [UInt8](repeating: 0xFF, count: 8)) == .overflow(of: "Int64"))
    #expect(reason(Date.self, [0xD3, 0x80, 0, 0, 0, 0, 0, 0, 0]) == .overflow(of: "Date"))
    #expect(reason(encoding: Date(timeIntervalSince1970: .infinity)) == .overflow(of: "Date"))
    #expect(reason(encoding: Date(timeIntervalSince1970: 1e15)) == .overflow(of: "Date"))
  }

  @Test("nesting is read and written down to the limit and refused below it")
  func depth() throws {
    let limit = MessagePack.maximumDepth
    let deepest = [UInt8](repeating: 0x91, count: limit) + [0xC0]
    #expect(try MessagePack.encode(MessagePack.decode(JSONValue.self, from: deepest)) == deepest)
    #expect(reason(JSONValue.self, [0x91] + deepest) == .tooDeep)
    let value = (0...limit).reduce(JSONValue.null) { value, _ in .array([value]) }
    #expect(reason(encoding: value) == .tooDeep)
    final class Loop: Encodable {
      var next: Loop?
    }
    let loop = Loop()
    loop.next = loop
    defer { loop.next = nil }
    #expect(reason(encoding: loop) == .tooDeep)
  }

  @Test("a value larger than a frame, and more values than the limit, are refused")
  func size() {
    #expect(reason(encoding: Data(count: MessagePack.maximumBytes)) == .tooLarge)
    #expect(reason(Data.self, [UInt8](repeating: 0xC0, count: MessagePack.maximumBytes + 1)) == .tooLarge)
    let count = MessagePack.maximumValues
    let header: [UInt8] = [0xDD, 0, UInt8(count >> 16), UInt8(count >> 8 & 255), UInt8(count & 255)]
    #expect(reason(JSONValue.self, header + [UInt8](repeating: 0xC0, count: count)) == .tooManyValues)
  }

  @Test("reserved and extension types are refused")
  func unusedTypes() {
    for tag: UInt8 in [0xC1, 0xC7, 0xC8, 0xC9, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8] {
      #expect(reason(JSONValue.self, [tag] + [UInt8](repeating: 0, count: 20)) == .unusedType(tag))
    }
  }

  @Test("a value of another kind is refused with both kinds and the path")
  func mismatch() throws {
    struct Outer: Codable { var clients: [Named] }
    let bytes = try MessagePack.encode(["clients": [["name": JSONValue("a")], ["name": 3]]])
    let error = #expect(throws: WireError.self) { try MessagePack.decode(Outer.self, from: bytes) }
    #expect(error?.reason == .mismatch(expected: "a string", found: "an integer"))
    #expect(error?.location == "clients[1].name")
    #expect(reason(Int.self, [0xA1, 0x31]) == .mismatch(expected: "an integer", found: "a string"))
    #expect(reason(UUID.self, [0xC4, 1, 1]) == .invalidValue(of: "UUID"))
    #expect(reason(URL.self, [0xA0]) == .invalidValue(of: "URL"))
    #expect(reason(Named.self, [0x80]) == .missing(key: "name"))
    #expect(reason([Int].self, [0x91, 0xC0]) == .mismatch(expected: "an integer", found: "nil"))
  }

  @Test("a text that is longer than its message takes is refused at both ends, counted in bytes and named")
  func longText() throws {
    struct Outer: Codable { var people: [Named] }
    // Three bytes each: "é" as a letter and a combining mark.
    let fits = Outer(people: [Named(name: "a"), Named(name: String(repeating: "e\u{301}", count: 10))])
    let bytes = try MessagePack.encode(fits, longestText: 30)
    let both = try MessagePack.decode(Outer.self, from: bytes, longestText: 30)
    #expect(both.people.count == 2)
    let written = #expect(throws: WireError.self) { try MessagePack.encode(fits, longestText: 29) }
    #expect(written?.reason == .textTooLong(29) && written?.location == "people[1].name")
    let read = #expect(throws: WireError.self) { try MessagePack.decode(Outer.self, from: bytes, longestText: 29) }
    #expect(read?.reason == .textTooLong(29))
    let long = String(repeating: "y", count: 30)
    for value: JSONValue in [.string(long), .object([long: 1]), .array([1, .string(long)])] {
      #expect(throws: WireError.self) { try MessagePack.encode(value, longestText: 29) }
      let bytes = try MessagePack.encode(value)
      #expect(throws: WireError.self) { try MessagePack.decode(JSONValue.self, from: bytes, longestText: 29) }
    }
    #expect(throws: WireError.self) {
      try MessagePack.encode(["u": URL(string: "https://example.com/a-long-path")], longestText: 29)
    }
  }

  @Test("an unknown case of an enum is refused without repeating what was sent")
  func unknownCase() throws {
    let bytes = try MessagePack.encode(["a": "top-secret"])
    let error = #expect(throws: WireError.self) { try MessagePack.decode([String: Peer].self, from: bytes) }
    #expect(error?.reason == .invalidValue(of: "Peer"))
    #expect(error?.description.contains("top-secret") == false)
  }

  @Test("types that do not exist on the wire are refused by name, both ways")
  func unsupported() {
    #expect(isUnsupported(reason(encoding: Decimal(1)), "Decimal"))
    #expect(isUnsupported(reason(Decimal.self, [1]), "Decimal"))
    #expect(isUnsupported(reason(encoding: [1: "a"]), "not a string"))
    #expect(isUnsupported(reason([UUID: Int].self, [0x80]), "not a string"))
    struct Twice: Codable { var value: Int?? }
    #expect(isUnsupported(reason(encoding: Twice(value: .some(nil))), "optional"))
    #expect(isUnsupported(reason(encoding: [Int??.some(nil)]), "optional"))
    #expect(isUnsupported(reason(Twice.self, [0x80]), "optional"))
    struct Super: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Named.Keys.self)
        try 1.encode(to: container.superEncoder())
      }
    }
    #expect(isUnsupported(reason(encoding: Super()), "superEncoder"))
  }

  @Test("a value that writes itself twice, not at all, or into a container that has ended is refused")
  func disorder() {
    struct Nothing: Encodable { func encode(to encoder: any Encoder) throws {} }
    #expect(reason(encoding: ["a": Nothing()]) == .disorder)
    struct Two: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(1)
        try container.encode(2)
      }
    }
    #expect(reason(encoding: Two()) == .disorder)
    struct Late: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        var first = container.nestedUnkeyedContainer()
        try container.encode(1)
        try first.encode(2)
      }
    }
    #expect(reason(encoding: Late()) == .disorder)
    struct Same: Encodable {
      func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Named.Keys.self)
        try container.encode(1, forKey: .name)
        try container.encode(2, forKey: .name)
      }
    }
    #expect(reason(encoding: Same()) == .duplicateKey)
  }

  /// 50,000 inputs: random bytes, and sound messages with bytes changed, cut or repeated.
  @Test("no bytes make the decoder crash, and what it accepts is what it would write")
  func fuzz() throws {
    struct Sample: Codable {
      var name: String
      var list: [Int]
      var claims: JSONValue
      var id: UUID
      var choice: Peer?
    }
    let sample = Sample(
      name: "näme", list: [1, 300, -5], claims: ["a": [1, .null, ["b": 2.5]]], id: UUID(), choice: .auth)
    let sound = try MessagePack.encode(sample)
    var random = SplitMix(seed: 42)
    var accepted = 0
    for round in 0..<50_000 {
      var bytes = sound
      if round.isMultiple(of: 4) {
        bytes = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      } else {
        for _ in 0...Int.random(in: 0...3, using: &random) {
          let place = Int.random(in: 0..<bytes.count, using: &random)
          bytes[place] = UInt8.random(in: 0...255, using: &random)
        }
        if round.isMultiple(of: 5) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        if round.isMultiple(of: 7) { bytes += bytes }
      }
      if let value = try? MessagePack.decode(JSONValue.self, from: bytes) {
        accepted += 1
        let again = try MessagePack.encode(value)
        #expect(try MessagePack.encode(MessagePack.decode(JSONValue.self, from: again)) == again)
      }
      _ = try? MessagePack.decode(Sample.self, from: bytes)
      _ = try? bytes.withUnsafeBytes { try RequestHead($0) }
    }
    #expect(accepted > 0)
  }
}

extension WireRefusalTests.Named {
  fileprivate enum Keys: String, CodingKey { case name }
}
