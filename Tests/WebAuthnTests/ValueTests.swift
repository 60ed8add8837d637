import Encodings
import Foundation
import Testing
import WebAuthn

@Suite("Values")
struct ValueTests {
  @Test("a challenge has 32 bytes of the randomness handed in")
  func challenge() {
    var generator = SystemRandomNumberGenerator()
    let first = Challenge(from: &generator)
    let second = Challenge(from: &generator)
    #expect(first.bytes.count == 32)
    #expect(first != second)
    #expect(Challenge(first.bytes) == first)
    #expect(Challenge([1, 2, 3]) == nil)
  }

  @Test("a user handle is the UUID's text in small letters, as Pocket ID writes it")
  func userHandle() throws {
    let id = try #require(UUID(uuidString: "6F9619FF-8B86-D011-B42D-00CF4FC964FF"))
    let handle = UserHandle(userID: id)
    #expect(String(decoding: handle.bytes, as: UTF8.self) == "6f9619ff-8b86-d011-b42d-00cf4fc964ff")
    #expect(handle.userID == id)
    #expect(UserHandle(Array(id.uuidString.utf8))?.userID == nil)
    #expect(UserHandle([]) == nil)
    #expect(UserHandle([UInt8](repeating: 1, count: 65)) == nil)
  }

  @Test("every refusal has a clause and a sentence, which names neither")
  func refusals() {
    for refusal in Refusal.allCases {
      #expect(!refusal.clause.isEmpty)
      #expect(refusal.sentence.hasSuffix("."))
      #expect(!refusal.sentence.contains(refusal.rawValue))
      #expect(!refusal.sentence.contains("§"))
    }
  }
}
