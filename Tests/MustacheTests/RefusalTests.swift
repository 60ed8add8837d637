import Mustache
import Testing

@Suite("Templates that are refused")
struct RefusalTests {
  private func expect(_ sources: [String: String], _ template: String, _ tag: String, _ reason: TemplateFailure.Reason)
  {
    let failure = #expect(throws: TemplateFailure.self) { try TemplateLibrary(sources) }
    #expect(failure?.template == template, "\(sources)")
    #expect(failure?.tag == tag, "\(sources)")
    #expect(failure?.reason == reason, "\(sources)")
  }

  @Test(
    "a tag that does not end, and one that closes nothing or another",
    arguments: [
      ("a {{b", "{{b", .unfinished), ("{{", "{{", .unfinished), ("{{b}", "{{b}", .unfinished),
      ("{{!b", "{{!b", .unfinished), ("{{#a}}", "{{#a}}", .unclosed), ("{{^a}}{{#b}}{{/b}}", "{{^a}}", .unclosed),
      ("{{$a}}", "{{$a}}", .unclosed), ("{{<page}}", "{{<page}}", .unclosed), ("{{/a}}", "{{/a}}", .misplaced),
      ("{{#a}}{{/b}}", "{{/b}}", .misplaced), ("{{#a}}{{^b}}{{/a}}{{/b}}", "{{/a}}", .misplaced),
      ("{{#a}}{{/a}}{{/a}}", "{{/a}}", .misplaced), ("{{#a.b}}{{/a}}", "{{/a}}", .misplaced),
    ] as [(String, String, TemplateFailure.Reason)])
  func nesting(source: String, tag: String, reason: TemplateFailure.Reason) {
    expect(["page": source], "page", tag, reason)
  }

  @Test(
    "whatever prints without escaping, changes the delimiters or is nobody's standard",
    arguments: ["{{{a}}}", "{{&a}}", "{{& a }}", "{{=<% %>=}}", "{{% CONTENT_TYPE:TEXT}}", "{{{{a}}}}"])
  func unsupported(source: String) throws {
    let tag = try #require(source.firstRange(of: "}}")).upperBound
    expect(["page": "x\(source)"], "page", String(source[..<tag]), .unsupported)
  }

  @Test(
    "names that are none",
    arguments: [
      "{{}}", "{{ }}", "{{a b}}", "{{a()}}", "{{upper(a)}}", "{{a..b}}", "{{..}}", "{{..a}}", "{{a.}}", "{{é}}",
      "{{a{b}}",
      "{{#}}", "{{^a b}}", "{{#a(b)}}", "{{>}}", "{{>*a}}", "{{>a.b}}", "{{>a/b}}", "{{<}}", "{{<a b}}", "{{$}}",
      "{{$a.b}}", "{{$.}}", "{{|a}}", "{{@a}}",
    ])
  func names(source: String) { expect(["page": source], "page", source, .unnameable) }

  @Test(
    "what is not a block between a parent's tags, where it would never be seen",
    arguments: ["x", " x ", "{{a}}", "{{#a}}{{/a}}", "{{^a}}{{/a}}", "{{>p}}", "{{<p}}{{/p}}", "{{$a}}{{/a}}x"])
  func inParent(content: String) {
    expect(["page": "{{<p}}\(content){{/p}}", "p": "{{$a}}{{/a}}"], "page", "{{<p}}", .noBlock)
  }

  @Test("a block that is given twice, or that the parent does not have")
  func blocks() {
    expect(["page": "{{<p}}{{$a}}{{/a}}{{$a}}{{/a}}{{/p}}", "p": "{{$a}}{{/a}}"], "page", "{{$a}}", .repeatedBlock)
    expect(
      ["page": "{{<p}}{{$b}}{{/b}}{{/p}}", "p": "{{$a}}{{/a}}{{>q}}", "q": "{{b}}"], "page", "{{$b}}", .unknownBlock)
    // A variable, a section and a template are no blocks, and a child's block is not its parent's.
    expect(
      ["p": "{{#a}}{{/a}}", "page": "{{#x}}{{<p}}{{$a}}{{/a}}{{/p}}{{/x}}{{$a}}{{/a}}"], "page", "{{$a}}", .unknownBlock
    )
  }

  @Test("partials and parents that are not there, wherever they stand")
  func unknown() {
    expect(["page": "{{#a}}{{^b}}{{>gone}}{{/b}}{{/a}}"], "page", "{{>gone}}", .unknownTemplate)
    expect(["page": "{{<gone}}{{/gone}}"], "page", "{{<gone}}", .unknownTemplate)
    expect(["page": "{{>a}}", "a": "{{$b}}{{>gone}}{{/b}}"], "a", "{{>gone}}", .unknownTemplate)
    expect(["page": "{{<a}}{{$b}}{{>gone}}{{/b}}{{/a}}", "a": "{{$b}}{{/b}}"], "page", "{{>gone}}", .unknownTemplate)
  }

  @Test("templates that include themselves, at once or in the end, even behind a section")
  func recursion() {
    expect(["page": "{{>page}}"], "page", "{{>page}}", .recursive)
    expect(["page": "{{#a}}{{<page}}{{/page}}{{/a}}"], "page", "{{<page}}", .recursive)
    expect(["a": "{{>b}}", "b": "{{<c}}{{/c}}", "c": "{{$x}}{{>a}}{{/x}}"], "c", "{{>a}}", .recursive)
    expect(["a": "{{<b}}{{$x}}{{>a}}{{/x}}{{/b}}", "b": "{{$x}}{{/x}}"], "a", "{{>a}}", .recursive)
  }

  @Test("including one template twice is no recursion")
  func twice() throws {
    let others = ["a": "{{>c}}", "b": "{{>c}}", "c": "x"]
    #expect(try render("{{>a}}{{>b}}{{>c}}{{>c}}", with: others) == "xxxx")
  }

  @Test("sections deeper than 64, and none less deep")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "{{#a}}", count: depth) + "x" + String(repeating: "{{/a}}", count: depth)
    }
    #expect(try render(nested(64), ["a": true]) == "x")
    expect(["page": nested(65)], "page", "{{#a}}", .deep)
    expect(["page": String(repeating: "{{$a}}", count: 100_000)], "page", "{{$a}}", .deep)
  }

  @Test("a failure says which template, which tag and what is wrong; the first by name when there are several")
  func words() {
    let failure = #expect(throws: TemplateFailure.self) { try TemplateLibrary(["b": "{{#x}}", "a": "{{#y}}"]) }
    #expect(failure?.description == "a: {{#y}} is never closed")
    let long = "{{\(String(repeating: "x", count: 1000))"
    expect(["page": long], "page", String(long.prefix(40)), .unfinished)
  }
}
