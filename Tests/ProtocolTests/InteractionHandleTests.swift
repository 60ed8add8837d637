import Foundation
import LatchkeyProtocol
import Testing

@Suite struct InteractionHandleTests {
  @Test("a handle is an id, or so much base64url text; nothing else stands in an address of ours")
  func parsing() {
    let id = InteractionID(UUID())
    #expect(OIDC.InteractionHandle("\(id)") == .stored(id))
    #expect(OIDC.InteractionHandle("\(id)".uppercased()) == .stored(id))
    let longest = String(repeating: "a", count: OIDC.InteractionHandle.longestCarried)
    #expect(OIDC.InteractionHandle(longest) == .carried(longest))
    for text in ["", longest + "a", "a/b", "a b", "a%2F", "ä", "a\u{301}", "a=", "..", "\u{0}"] {
      #expect(OIDC.InteractionHandle(text) == nil, "\(text.prefix(20))")
    }
  }

  @Test("what comes over the wire and is none is refused")
  func wire() throws {
    for handle in [OIDC.InteractionHandle.stored(InteractionID(UUID())), .carried("c2VhbGVk")] {
      let bytes = try MessagePack.encode(OIDC.CancelInteraction(handle))
      #expect(try MessagePack.decode(OIDC.CancelInteraction.self, from: bytes).handle == handle)
    }
    let bytes = try MessagePack.encode(["handle": "a/b"])
    #expect(throws: (any Error).self) { try MessagePack.decode(OIDC.CancelInteraction.self, from: bytes) }
  }
}
