import Encodings
import Foundation
import Testing

@Suite("Base64url, hexadecimal, comparison")
struct TextTests {
  @Test("base64url goes there and back for every length, as Foundation's base64 does")
  func base64URL() {
    for length in 0..<70 {
      let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 151 &+ length) }
      let text = Base64URL.encode(bytes)
      #expect(Base64URL.decode(text) == bytes && Base64URL.decode(Data(text.utf8)) == bytes)
      #expect(Base64URL.encodedBytes(bytes) == Array(text.utf8) && Base64URL.encode(bytes.lazy.map(\.self)) == text)
      let standard = Data(bytes).base64EncodedString()
      #expect(text == standard.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
    }
    #expect(Base64URL.encode([]) == "" && Base64URL.decode("") == [])
    #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8" && Base64URL.decode("-_8") == [0xFB, 0xFF])
  }

  @Test(
    "base64url has one spelling for each value, and no padding",
    arguments: [
      "-_9", "-_8=", "+/8", "a", "A", "AAAAA", "-_8 ", "-_8\n", "-_ 8", "AA==", "é", "A\u{0}AA",
    ])
  func base64URLStrict(_ text: String) {
    #expect(Base64URL.decode(text) == nil)
  }

  @Test("a base64url text with one bit more than its bytes have is refused, wherever it stands")
  func leftoverBits() {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    #expect(alphabet.count { Base64URL.decode([$0, $0]) != nil } == 4)
    #expect(alphabet.count { Base64URL.decode([65, 65, $0]) != nil } == 16)
    #expect((0...255).filter { Base64URL.contains($0) } == alphabet.sorted())
  }

  @Test("hexadecimal is written small and read in either case")
  func hexadecimal() {
    let bytes = [UInt8](0...255)
    let text = Hexadecimal.text(bytes)
    #expect(text == bytes.map { String(format: "%02x", $0) }.joined())
    #expect(Hexadecimal.bytes(text) == bytes && Hexadecimal.bytes(text.uppercased()) == bytes)
    #expect(Hexadecimal.bytes(text.dropFirst(2)) == Array(bytes.dropFirst()))
    #expect(Hexadecimal.text(UInt64(0xAB)) == "00000000000000ab")
    for wrong in ["a", "0g", " 0", "+1", "é", "0x"] { #expect(Hexadecimal.bytes(wrong) == nil) }
    #expect((0..<16).map(Hexadecimal.capitalDigit) == Array("0123456789ABCDEF".utf8))
  }

  @Test("comparison in constant time agrees with comparison")
  func comparison() {
    let samples: [[UInt8]] = [[], [1], [1, 2], [1, 3], [0, 2], [1, 2, 3]]
    for one in samples {
      for other in samples { #expect(ConstantTime.equal(one, other) == (one == other)) }
    }
    #expect(ConstantTime.equal("aä".utf8, Data("aä".utf8)) && !ConstantTime.equal("K".utf8, "\u{212A}".utf8))
  }

  @Test("texts are exactly the same when their bytes are")
  func exactly() {
    #expect("K".isExactly("K") && !"\u{212A}".isExactly("K") && !"e\u{301}".isExactly("é") && !"a".isExactly("ab"))
  }
}
