// Random and mutated inputs for whatever parses what strangers send. `LATCHKEY_FUZZ` sets how many each parser gets
// (20,000 by default), `LATCHKEY_FUZZ_SEED` which ones: a failure names the seed's input.
import Foundation

package enum Fuzz {
  package static let count = ProcessInfo.processInfo.environment["LATCHKEY_FUZZ"].flatMap { Int($0) } ?? 20_000
  package static let seed = ProcessInfo.processInfo.environment["LATCHKEY_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  /// Inputs made of what the parser cares about, of seeds with a few bytes changed, and of noise.
  package static func inputs(
    from seeds: [String], _ fragments: [String], _ body: ([UInt8]) throws -> Void
  ) rethrows {
    var random = SplitMix(seed: seed)
    for _ in 0..<count {
      var bytes: [UInt8]
      switch random.next() % 4 {
      case 0:
        bytes = (0..<Int(random.next() % 64)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      case 1:
        bytes = (0..<Int(random.next() % 12)).flatMap { _ in Array((fragments.randomElement(using: &random) ?? "").utf8)
        }
      default:
        bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
        for _ in 0...Int(random.next() % 4) {
          let position = Int(random.next() % UInt64(bytes.count + 1))
          switch random.next() % 4 {
          case 0 where position < bytes.count: bytes.remove(at: position)
          case 1 where position < bytes.count: bytes[position] = UInt8(truncatingIfNeeded: random.next())
          case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next() % 128), at: position)
          default: bytes.insert(contentsOf: Array((fragments.randomElement(using: &random) ?? "").utf8), at: position)
          }
        }
      }
      try body(bytes)
    }
  }
}
