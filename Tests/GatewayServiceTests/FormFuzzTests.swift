import Foundation
import GatewayService
import LatchkeyProtocol
import Testing
import TestKit

/// What strangers send first meets this parser. `OIDC_FUZZ_INPUTS` and `OIDC_FUZZ_SEED` as in the tests of the rules.
@Suite("Fuzz")
struct FormFuzzTests {
  private static let count = ProcessInfo.processInfo.environment["OIDC_FUZZ_INPUTS"].flatMap(Int.init) ?? 20_000
  private static let seed = ProcessInfo.processInfo.environment["OIDC_FUZZ_SEED"].flatMap(UInt64.init) ?? 1

  @Test("the form parser never crashes, keeps its bounds, and reads what it wrote")
  func forms() {
    var random = SplitMix(seed: Self.seed)
    let fragments = [
      "client_id=app", "&", "=", "+", "%", "%41", "%00", "%C3%A4", "%C3", "%FF", "ä", ";", "a=b&", "\n", "\0",
    ]
    var accepted = 0
    for _ in 0..<Self.count {
      var bytes = (0..<random.next() % 10).flatMap { _ in Array((fragments.randomElement(using: &random) ?? "").utf8) }
      for _ in 0..<random.next() % 3 {
        let byte = UInt8(truncatingIfNeeded: random.next())
        bytes.insert(byte, at: Int(random.next() % UInt64(bytes.count + 1)))
      }
      guard let fields = try? Form.parse(bytes) else { continue }
      accepted += 1
      #expect(fields.count <= Limits.formFields)
      #expect(fields.allSatisfy { !$0.name.utf8.contains(0) && !$0.value.utf8.contains(0) })
      let written = fields.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
      #expect((try? Form.parse(written.joined(separator: "&").utf8)) == fields)
    }
    #expect(accepted > Self.count / 10)
  }
}
