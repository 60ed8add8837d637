import Encodings
import Foundation
import TestKit
import Glibc
import Testing

/// What strangers send meets these parsers first.
@Suite("Fuzz")
struct FuzzTests {
  @Test("the form parser never crashes, keeps its bounds, and what it prints it reads the same")
  func forms() {
    var accepted = 0
    Fuzz.inputs(
      from: ["client_id=app&scope=openid+profile&state=%C3%A4&x=", "a=b&a=c", "grant_type=authorization_code&code=c"],
      ["&", "=", "+", "%", "%00", "%C3", "%A4", "%41", "ä", "\n", "\0", "%FF", ";", "a=b&", "state", "client_id="]
    ) { bytes in
      guard let fields = try? Form.fields(bytes, most: 4, longestName: 16) else { return }
      accepted += 1
      #expect(fields.count <= 4 && fields.allSatisfy { $0.name.utf8.count <= 16 })
      #expect(fields.allSatisfy { !$0.name.utf8.contains(0) && !$0.value.utf8.contains(0) })
      #expect((try? Form.fields(Form.encode(fields).utf8, most: 4, longestName: 16)) == fields)
    }
    #expect(accepted > Fuzz.count / 10)
  }

  @Test("the JSON reader never crashes, and what is written it reads the same, with either escapes")
  func json() {
    var accepted = 0
    Fuzz.inputs(
      from: [
        #"{"a":[1,2.5,-3e2,"x\u00e4\ud83d\ude00"],"b":{"c":null,"d":true}}"#, "[[[[]]]]", #"{"sub":"user-1","exp":1}"#,
        "[\"<a>&\u{2028}\u{20AC}\u{2029}\u{7F}\"]",
      ],
      [
        "{", "}", "[", "]", ",", ":", "\"", "\\u", "\\ud83d", "\\", "1", "-", "e9", ".", "true", "null", "\"a\":", " ",
        "ä", "\u{2028}", "<",
      ]
    ) { bytes in
      guard let value = try? JSONValue(json: bytes) else { return }
      accepted += 1
      #expect((try? JSONValue(json: value.json)) == value)
      let harmless = value.json(escaping: .markup)
      #expect((try? JSONValue(json: harmless)) == value)
      #expect(!harmless.contains { "<>&".utf8.contains($0) })
      // Foundation's reader takes more; what we take, it reads too.
      #expect((try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil)
    }
    #expect(accepted > Fuzz.count / 100)
  }

  @Test("addresses are what the system reads, and are written as it writes them")
  func addresses() {
    var accepted = 0
    Fuzz.inputs(
      from: [
        "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "1:2:3:4:5:6:7:8", "::1.2.3.4", "fe80::1:0:0:2", "1:0:0:2::",
      ],
      [":", "::", ".", "0", "00", "1", "255", "256", "ffff", "10000", "0:", "0:0:", "1.2.3.4", "%eth0", "/64", "::0"]
    ) { bytes in
      guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else { return }
      let (short, long) = (Self.system(text, AF_INET, 4), Self.system(text, AF_INET6, 16))
      #expect(IPAddress.isIPv4(text) == (short != nil) && IPAddress.isIPv6(text) == (long != nil), "\(text)")
      guard let address = IPAddress(text) else { return }
      accepted += 1
      #expect(IPAddress(address.description) == address)
      let mapped = long.map { $0.starts(with: [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]) } ?? false
      if let bytes = short ?? (mapped ? Array(long?.suffix(4) ?? []) : long) {
        #expect(address.description == Self.written(bytes), "\(text)")
      }
    }
    #expect(accepted > Fuzz.count / 100)
  }

  private static func system(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return inet_pton(family, text, &bytes) == 1 ? bytes : nil
  }

  private static func written(_ bytes: [UInt8]) -> String {
    var text = [CChar](repeating: 0, count: 46)
    inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
