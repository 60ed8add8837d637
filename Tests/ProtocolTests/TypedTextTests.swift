import Foundation
import LatchkeyProtocol
import Testing

@Suite("Text that somebody typed")
struct TypedTextTests {
  /// A letter with marks in the wrong order: one character of 65 KB, which takes seconds to count, compare or
  /// normalise.
  static let monster =
    "e" + String(repeating: "\u{0300}", count: 16_300) + String(repeating: "\u{0316}", count: 16_300)

  /// What a thousandth of that time is enough for, with room for a busy machine.
  static let moment = Duration.milliseconds(300)

  @Test("a run of combining marks is measured before it is normalised or counted, in every field of a profile")
  func profiles() {
    let monster = Self.monster
    let fields: [(String, WritableKeyPath<Profile, String>)] = [
      ("username", \.username), ("firstName", \.firstName), ("lastName", \.lastName),
    ]
    let optional: [(String, WritableKeyPath<Profile, String?>)] = [
      ("email", \.email), ("displayName", \.displayName), ("locale", \.locale),
    ]
    let valid = Profile(username: "ada", email: "ada@example.com", firstName: "Ada", lastName: "Lovelace")
    func check(_ field: String, _ spoilt: Profile) {
      let time = ContinuousClock().measure {
        #expect(spoilt.normalised.problems.map(\.field) == [field])
      }
      #expect(time < Self.moment, "\(field)")
    }
    for (field, path) in fields {
      var profile = valid
      profile[keyPath: path] = monster
      check(field, profile)
    }
    for (field, path) in optional {
      var profile = valid
      profile[keyPath: path] = monster
      check(field, profile)
    }
  }

  @Test("a name may have as many characters as before, of whatever script, and one character is not a whole book")
  func lengths() {
    for letter in ["a", "é", "語", "𐎀"] {
      let name = String(repeating: letter, count: 50)
      #expect(!name.isLonger(thanCharacters: 50) && (name + letter).isLonger(thanCharacters: 50), "\(letter)")
      #expect(" \(name.decomposedStringWithCanonicalMapping)".cleaned(characters: 60) == name)
    }
    #expect(("e" + String(repeating: "\u{0301}", count: 200)).isLonger(thanCharacters: 50))
  }

  @Test("the beginning of a text is whole code points, and never more bytes than asked for")
  func beginnings() {
    for text in ["", "abc", "äöü", "語語語", "a𐎀b𐎀", "e\u{0301}e\u{0301}"] {
      for limit in 0...(text.utf8.count + 1) {
        let beginning = text.prefix(bytes: limit)
        #expect(beginning.utf8.count <= limit && text.utf8.starts(with: beginning.utf8))
        #expect(beginning.utf8.count > limit - 4 || beginning.utf8.count == text.utf8.count)
        #expect(String(validating: Array(beginning.utf8), as: UTF8.self) != nil)
      }
    }
  }

  @Test("a caller's User-Agent is kept to its beginning, however it came")
  func userAgents() {
    var caller = Caller(userAgent: Self.monster)
    #expect(caller.userAgent.utf8.count <= Caller.longestUserAgent)
    caller.userAgent = String(repeating: "x", count: 14_000)
    #expect(caller.userAgent.utf8.count == Caller.longestUserAgent)
  }
}
