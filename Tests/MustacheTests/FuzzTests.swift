import Mustache
import Testing
import TestKit

@Suite("Fuzz")
struct FuzzTests {
  struct Values {
    let a = "<a>"
    let b = [["a": "1"], ["c": "\"\u{301}"]]
    let c: Int? = 3
    let d = false
    let e: [String] = []
    let f: String? = nil
  }

  private static let names = ["a", "b", "c", "d", "e", "f", "b.a", ".", ".a"]

  /// A template that nests as it should.
  private func template(_ random: inout SplitMix, depth: Int, includes: ArraySlice<String>) -> String {
    var text = ""
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let name = Self.names.randomElement(using: &random) ?? "a"
      let block = ["x", "y", "z"].randomElement(using: &random) ?? "x"
      let inside = depth > 0 ? template(&random, depth: depth - 1, includes: includes) : ""
      switch Int.random(in: 0..<9, using: &random) {
      case 0: text += "{{#\(name)}}\(inside){{/\(name)}}"
      case 1: text += "{{^\(name)}}\(inside){{/\(name)}}"
      case 2: text += "{{$\(block)}}\(inside){{/\(block)}}"
      case 3: text += includes.randomElement(using: &random).map { "{{>\($0)}}" } ?? ""
      case 4:
        let parent = includes.randomElement(using: &random)
        text += parent.map { "{{<\($0)}}{{$\(block)}}\(inside){{/\(block)}}{{/\($0)}}" } ?? ""
      case 5: text += "\n"
      case 6: text += ["t", " ", "{ ", "}}", "{{! c }}"].randomElement(using: &random) ?? ""
      default: text += "{{\(name)}}"
      }
    }
    return text
  }

  @Test("well nested templates are refused for what they name only, and print no bracket that a value holds")
  func grammar() throws {
    var random = SplitMix(seed: 1)
    var rendered = 0
    for input in 0..<5_000 {
      var sources: [String: String] = [:]
      let names = ["p", "q", "r", "s"]
      for (index, name) in names.enumerated() {
        sources[name] = template(&random, depth: 3, includes: names[(index + 1)...])
      }
      do {
        let library = try TemplateLibrary(sources)
        for name in names {
          let output = try #require(library[name]).render([Values()])
          #expect(!output.contains(UInt8(ascii: "<")) && !output.contains(UInt8(ascii: "\"")), "input \(input)")
        }
        rendered += 1
      } catch let failure as TemplateFailure {
        #expect(failure.reason == .unknownBlock, "input \(input): \(failure)")
      }
    }
    #expect(rendered > 500)
  }

  @Test("tags in any order, whole or cut, never crash: they are refused or rendered")
  func noise() throws {
    let pieces =
      Self.names.flatMap { ["{{\($0)}}", "{{#\($0)}}", "{{^\($0)}}", "{{/\($0)}}"] }
      + ["{{>p}}", "{{>q}}", "{{<q}}", "{{/q}}", "{{$x}}", "{{/x}}", "{{!", "{{", "}}", "{{{", "{", "\n", "\r\n", " "]
      + ["{{=", "{{&a}}", "é", "\u{301}", "\0", "x"]
    var random = SplitMix(seed: 2)
    var refused = 0
    for _ in 0..<20_000 {
      var source = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      if Bool.random(using: &random) {
        let index = source.unicodeScalars.indices.randomElement(using: &random)
        if let index { source.unicodeScalars.remove(at: index) }
      }
      do {
        _ = try TemplateLibrary(["p": source, "q": "{{$x}}{{/x}}"])["p"]?.render([Values()])
      } catch {
        refused += 1
      }
    }
    #expect(refused > 1_000 && refused < 19_000)
  }
}
