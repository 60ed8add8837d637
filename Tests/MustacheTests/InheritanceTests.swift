import Mustache
import Testing

@Suite("Partials, parents and blocks")
struct InheritanceTests {
  struct Choice {
    let label: String
    let rest: [Choice]
  }

  @Test("a partial sees the values where it stands")
  func partials() throws {
    let values: [String: Any] = ["name": "outer", "rows": [["name": "a"], ["name": "b"]]]
    #expect(try render("{{>n}} {{#rows}}{{> n }}{{/rows}}", values, with: ["n": "<{{name}}>"]) == "<outer> <a><b>")
  }

  @Test("a block has its own content until a child gives another")
  func blocks() throws {
    let shell = "<{{$title}}none{{/title}}|{{$main}}{{/main}}>"
    #expect(try render("{{>shell}}", with: ["shell": shell]) == "<none|>")
    #expect(try render("{{<shell}}{{/shell}}", with: ["shell": shell]) == "<none|>")
    #expect(try render("{{<shell}}{{$main}}m{{/main}}{{/shell}}", with: ["shell": shell]) == "<none|m>")
    let both = "{{<shell}} {{! in any order }}{{$main}}m{{/main}}\n{{$title}}{{/title}} {{/shell}}"
    #expect(try render(both, with: ["shell": shell]) == "<|m>")
    #expect(try render("{{$title}}own{{/title}}") == "own")
  }

  @Test("a block can stand in many places, and fills all of them")
  func repeated() throws {
    #expect(
      try render(
        "{{<p}}{{$a}}x{{/a}}{{/p}}", ["rows": [1, 2]], with: ["p": "{{$a}}{{/a}}{{#rows}}{{$a}}{{/a}}{{/rows}}"])
        == "xxx")
  }

  @Test("a block's content sees the values where the parent has put it")
  func scope() throws {
    let values: [String: Any] = ["word": "outer", "inner": ["word": "inner"]]
    let parent = "{{#inner}}{{$a}}{{/a}}{{/inner}}{{$b}}{{/b}}"
    #expect(
      try render("{{<p}}{{$a}}{{word}} {{/a}}{{$b}}{{word}}{{/b}}{{/p}}", values, with: ["p": parent]) == "inner outer")
  }

  @Test("blocks reach the partials and parents that a parent includes")
  func deep() throws {
    let others = [
      "shell": "{{>head}}{{<card}}{{$foot}}f{{/foot}}{{/card}}", "head": "[{{$title}}t{{/title}}]",
      "card": "({{$foot}}{{/foot}}{{$more}}{{/more}})",
    ]
    #expect(try render("{{<shell}}{{$title}}T{{/title}}{{$more}}+{{/more}}{{/shell}}", with: others) == "[T](f+)")
    #expect(try render("{{>shell}}{{<shell}}{{$foot}}F{{/foot}}{{/shell}}", with: others) == "[t](f)[t](F)")
  }

  @Test("who is furthest out has the last word")
  func levels() throws {
    let others = [
      "low": "{{$a}}low{{/a}} {{$b}}low{{/b}} {{$c}}low{{/c}}",
      "middle": "{{<low}}{{$a}}middle{{/a}}{{$b}}middle{{/b}}{{/low}}",
      "high": "{{<middle}}{{$a}}high{{/a}}{{/middle}}",
    ]
    #expect(try render("{{>high}}", with: others) == "high middle low")
    #expect(try render("{{<high}}{{$a}}top{{/a}}{{$c}}top{{/c}}{{/high}}", with: others) == "top middle top")
  }

  @Test("blocks within blocks: those of a default go with it, those of a given content can be given by a child")
  func nested() throws {
    let others = [
      "low": "{{$out}}<{{$in}}low{{/in}}>{{/out}}", "middle": "{{<low}}{{$out}}[{{$in}}middle{{/in}}]{{/out}}{{/low}}",
    ]
    #expect(try render("{{>low}} {{>middle}}", with: others) == "<low> [middle]")
    #expect(try render("{{<low}}{{$in}}x{{/in}}{{/low}}", with: others) == "<x>")
    #expect(try render("{{<low}}{{$in}}x{{/in}}{{$out}}y{{/out}}{{/low}}", with: others) == "y")
    #expect(try render("{{<middle}}{{$in}}x{{/in}}{{/middle}}", with: others) == "[x]")
  }

  @Test("a block within the content that is given for it is not filled with itself")
  func selfFilled() throws {
    #expect(try render("{{<p}}{{$a}}({{$a}}in{{/a}}){{/a}}{{/p}}", with: ["p": "{{$a}}{{/a}}"]) == "(in)")
  }

  @Test("what a page gives to its parent does not reach another parent in what it gives")
  func separate() throws {
    let others = ["shell": "{{$title}}{{/title}}: {{$main}}{{/main}}", "card": "<{{$title}}{{/title}}>"]
    let page =
      "{{<shell}}{{$title}}page{{/title}}{{$main}}{{<card}}{{$title}}c{{/title}}{{/card}}{{>card}}{{/main}}{{/shell}}"
    #expect(try render(page, with: others) == "page: <c><>")
  }

  @Test("a parent within sections and within another parent's block")
  func within() throws {
    let values: [String: Any] = ["fields": [["id": 1], ["id": 2]]]
    let others = ["shell": "{{$main}}{{/main}}.", "field": "<{{id}} {{$label}}{{/label}}>"]
    let page =
      "{{<shell}}{{$main}}{{#fields}}{{<field}}{{$label}}l{{id}}{{/label}}{{/field}}{{/fields}}{{/main}}{{/shell}}"
    #expect(try render(page, values, with: others) == "<1 l1><2 l2>.")
  }
}
