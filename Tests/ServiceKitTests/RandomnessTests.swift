import Encodings
import Foundation
import ServiceKit
import Synchronization
import TestKit
import Testing

@Suite("Randomness")
struct RandomnessTests {
  /// Gives the same bytes again and again.
  private struct Repeating: Randomness {
    let pattern: [UInt8]
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { pattern[$0 % pattern.count] } }
  }

  /// The same seed gives the same bytes in the same order.
  private final class Seeded: Randomness {
    private let source: Mutex<SplitMix>
    init(_ seed: UInt64) { source = Mutex(SplitMix(seed: seed)) }
    func bytes(_ count: Int) -> [UInt8] { source.withLock { $0.bytes(count) } }
  }

  @Test("bytes come in the number asked for and do not repeat", arguments: [0, 1, 7, 8, 33])
  func count(count: Int) {
    #expect(SystemRandomness().bytes(count).count == count)
    if count >= 8 { #expect(SystemRandomness().bytes(count) != SystemRandomness().bytes(count)) }
  }

  @Test("a token is 32 bytes as 43 characters of base64url")
  func token() {
    let token = SystemRandomness().token()
    #expect(token.count == 43)
    #expect(Base64URL.decode(token)?.count == 32)
  }

  @Test("a UUID says version 4 and RFC 9562's variant")
  func uuid() {
    let text = SystemRandomness().uuid().uuidString
    #expect(text[text.index(text.startIndex, offsetBy: 14)] == "4")
    #expect("89AB".contains(text[text.index(text.startIndex, offsetBy: 19)]))
  }

  @Test("bytes that would favour low numbers are thrown away")
  func rejection() {
    // 256 is 25 × 10 + 6: bytes from 250 on are no fair tenth.
    #expect(Repeating(pattern: [255, 250, 249]).number(below: 10) == 9)
    #expect(Repeating(pattern: [251, 13]).number(below: 10) == 3)
  }

  @Test("every character of a code comes up equally often, within five standard deviations")
  func fairness() {
    let randomness = Seeded(1)
    let length = 32_000
    let counts = ShortCode.random(length: length, from: randomness).reduce(into: [Character: Int]()) {
      $0[$1, default: 0] += 1
    }
    #expect(counts.count == ShortCode.alphabet.count)
    for (_, count) in counts { #expect(abs(count - 1_000) < 160) }
  }

  @Test("a code spelled from bytes favours no character: each stands for as many bytes as every other")
  func spelling() {
    let counts = ShortCode.spelling(0...255).reduce(into: [Character: Int]()) { $0[$1, default: 0] += 1 }
    #expect(counts.count == ShortCode.alphabet.count && Set(counts.values) == [8])
  }

  @Test("codes are short for up to 15 minutes, long beyond")
  func lengths() {
    #expect(ShortCode.length(forLifetime: .seconds(900)) == 6)
    #expect(ShortCode.length(forLifetime: .seconds(901)) == 12)
  }

  @Test("typed codes forgive case, blanks, hyphens and look-alikes")
  func normalised() { #expect(ShortCode.normalised(" abIl-o9x ") == "AB1109X") }

  @Test("a seeded source repeats itself by seed")
  func seeded() {
    let (one, two) = (Seeded(1), Seeded(1))
    #expect(one.bytes(40) == two.bytes(40))
    #expect(one.bytes(40) == two.bytes(40))
    #expect(Seeded(2).bytes(40) != Seeded(1).bytes(40))
  }
}
