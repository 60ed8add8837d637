import Mustache
import Testing

/// A template alone, filled in.
func render(_ source: String, _ values: Any..., with others: [String: String] = [:]) throws -> String {
  let library = try TemplateLibrary(others.merging(["page": source]) { _, page in page })
  return String(decoding: try #require(library["page"]).render(values), as: UTF8.self)
}

@Suite("Rendering")
struct RenderingTests {
  struct Person {
    var name: String
    var nickname: String?
    var age = 0
    var admin = false
    var colours: [String] = []
    var home: Home?
    var friends: [Person] = []
  }

  struct Home {
    var city: String
    var street: String?
  }

  let ada = Person(name: "Ada", age: 36, admin: true, colours: ["red", "blue"], home: Home(city: "London"))

  @Test("a variable prints texts, numbers and truth values, and nothing for what is absent or has no text")
  func variables() throws {
    #expect(try render("{{name}}, {{ age }}, {{admin}}", ada) == "Ada, 36, true")
    #expect(try render("[{{nickname}}{{unknown}}{{home}}{{colours}}]", ada) == "[]")
    #expect(
      try render("[{{ratio}}|{{letter}}|{{part}}]", ["ratio": 0.5, "letter": Character("x"), "part": "ab".prefix(1)])
        == "[0.5|x|a]")
  }

  @Test("optionals are what they hold, however deep")
  func optionals() throws {
    let values: [String: Any] = [
      "some": Optional("a") as Any, "none": String?.none as Any, "deep": Optional(Optional("b")) as Any,
      "deepNone": Optional(Int?.none) as Any, "list": Optional(["c"]) as Any, "flag": Optional(false) as Any,
      "person": Optional(ada) as Any, "holes": ["d", nil, "e"],
    ]
    #expect(try render("{{some}}{{none}}{{deep}}{{deepNone}}{{#list}}{{.}}{{/list}}", values) == "abc")
    #expect(try render("{{#none}}x{{/none}}{{^none}}no{{/none}} {{^deepNone}}no{{/deepNone}}", values) == "no no")
    #expect(try render("{{#flag}}x{{/flag}}{{^flag}}no{{/flag}} {{person.home.city}}", values) == "no London")
    #expect(try render("{{#holes}}[{{.}}]{{/holes}}", values) == "[d][e]")
  }

  @Test("every variable is escaped, by scalars: an accent does not hide a quotation mark")
  func escaping() throws {
    let hostile = Person(name: "<a href='x'>&amp;\"", nickname: "\"\u{301}'\u{301}<\u{338}&\u{20DD}é\0")
    #expect(try render("{{name}}", hostile) == "&lt;a href=&#39;x&#39;&gt;&amp;amp;&quot;")
    let nickname = try render("{{nickname}}", hostile)
    let expected = "&quot;\u{301}&#39;\u{301}&lt;\u{338}&amp;\u{20DD}é\u{FFFD}"
    #expect(Array(nickname.utf8) == Array(expected.utf8))
    #expect(HTMLText.escape("a<b") == "a&lt;b")
    #expect(HTMLText.escape("日本 {{x}}") == "日本 {{x}}")
  }

  @Test("what a value holds is text, never a tag")
  func injection() throws {
    #expect(try render("{{name}}", Person(name: "{{age}}{{>x}}")) == "{{age}}{{&gt;x}}")
  }

  @Test("a section is drawn for what is there: not for nil, false or an empty list")
  func sections() throws {
    #expect(try render("{{#admin}}a{{/admin}}{{^admin}}b{{/admin}}", ada) == "a")
    #expect(try render("{{#admin}}a{{/admin}}{{^admin}}b{{/admin}}", Person(name: "")) == "b")
    #expect(try render("{{#home}}a{{/home}}{{^home}}b{{/home}}", Person(name: "")) == "b")
    #expect(try render("{{#friends}}a{{/friends}}{{^friends}}b{{/friends}}", ada) == "b")
    #expect(try render("{{#unknown}}a{{/unknown}}{{^unknown}}b{{/unknown}}", ada) == "b")
    #expect(try render("{{^colours}}b{{/colours}}{{^home}}b{{/home}}{{^name}}b{{/name}}", ada) == "")
  }

  @Test("an empty text and a zero are there: a section makes them the current value")
  func present() throws {
    let empty = Person(name: "", nickname: "")
    #expect(try render("{{#name}}[{{.}}]{{/name}}{{^name}}no{{/name}}", empty) == "[]")
    #expect(try render("{{#nickname}}[{{.}}]{{/nickname}}{{#age}}[{{.}}]{{/age}}", empty) == "[][0]")
  }

  @Test("a list is drawn once per element, each the current value")
  func lists() throws {
    #expect(try render("{{#colours}}<{{.}}>{{/colours}}", ada) == "<red><blue>")
    let friends = Person(name: "Ada", friends: [Person(name: "Bob"), Person(name: "Cy", nickname: "C")])
    #expect(try render("{{#friends}}{{name}}{{#nickname}} ({{.}}){{/nickname}};{{/friends}}", friends) == "Bob;Cy (C);")
    #expect(try render("{{#rows}}{{#.}}{{.}}{{/.}};{{/rows}}", ["rows": [[1, 2], [], [3]]]) == "12;;3;")
    #expect(try render("{{#flags}}[{{.}}]{{/flags}}", ["flags": [true, false]]) == "[true][false]")
  }

  @Test("a true value does not become the current one")
  func truth() throws {
    #expect(try render("{{#colours}}{{#admin}}{{.}}{{/admin}}{{/colours}}", ada) == "redblue")
  }

  @Test("a name is looked up from the current value outwards; one that is nil there is looked up further out")
  func stack() throws {
    let values = Person(name: "Ada", nickname: "A", home: Home(city: "London"), friends: [Person(name: "Bob")])
    #expect(try render("{{#home}}{{name}} in {{city}}{{/home}}", values) == "Ada in London")
    #expect(try render("{{#friends}}{{name}} {{nickname}}{{/friends}}", values) == "Bob A")
    #expect(
      try render("{{name}} {{lang}} {{age}}", ["lang": "en", "name": "frame"], Person(name: "page")) == "page en 0")
  }

  @Test("dotted names lead into members, and past what is absent to nothing")
  func dotted() throws {
    #expect(try render("{{home.city}}{{home.street}}{{home.city.x}}{{unknown.city}}", ada) == "London")
    #expect(try render("{{#home.city}}[{{.}}]{{/home.city}}{{^home.street}}no{{/home.street}}", ada) == "[London]no")
  }

  @Test("only a dotted name's first part is looked up further out")
  func noLeak() throws {
    let outer: [String: Any] = ["home": Home(city: "Paris", street: "Rue"), "street": "none", "city": "none"]
    #expect(try render("[{{home.street}}]", outer, ada) == "[]")
    #expect(try render("{{#home.street}}x{{/home.street}}{{^home.street}}no{{/home.street}}", outer, ada) == "no")
    #expect(try render("[{{home.street}}]", outer, Person(name: "")) == "[Rue]")
  }

  @Test("a name after a dot belongs to the current value alone")
  func local() throws {
    #expect(
      try render("{{#home}}[{{.city}}{{.name}}]{{#.street}}x{{/.street}}{{/home}}", ["street": "S"], ada) == "[London]")
    #expect(try render("{{#home}}{{^.street}}no{{/.street}}{{/home}}", ["street": "S"], ada) == "no")
    #expect(try render("[{{.}}{{.name}}]") == "[]")
  }

  @Test("comments print nothing, whatever is in them")
  func comments() throws {
    #expect(try render("a{{! {{ # \" }}b{{!}}c{{!\n two\n lines }}d") == "abcd")
  }

  @Test("text is kept as it is, single brackets and all")
  func text() throws {
    for text in ["", " ", "a\n\n b\t\r\n", "{ } }} {a} é\u{301}", "{", "a{"] {
      #expect(Array(try render(text).utf8) == Array(text.utf8))
    }
  }

  @Test(
    "a tag that prints nothing takes its line with it when it is alone there",
    arguments: [
      ("a\n{{#yes}}\nb\n{{/yes}}\nc", "a\nb\nc"), ("a\n  {{#yes}} \n b\n\t{{/yes}}\t\r\nc", "a\n b\nc"),
      ("a\n{{! x }}\nb", "a\nb"), ("{{! x\n y }}\nb", "b"), ("a\n{{! x }}", "a\n"),
      ("{{^no}}\r\nb\r\n{{/no}}", "b\r\n"),
      ("a\n{{$x}}\nb\n{{/x}}\nc", "a\nb\nc"), ("a\n{{>line}}\nc", "a\n-\nc"), ("a\n{{<line}}\n{{/line}}\nc", "a\n-\nc"),
      // With anything else on the line, all of it is kept.
      ("a {{#yes}}\nb{{/yes}}\nc", "a \nb\nc"), ("a\n{{name}}\nb", "a\nn\nb"), ("{{#yes}}{{/yes}}\nb", "\nb"),
      ("a\n {{>line}} b", "a\n -\n b"), ("{{#yes}} {{! x }}\n{{/yes}}", " \n"),
    ])
  func standalone(source: String, expected: String) throws {
    let values: [String: Any] = ["yes": true, "name": "n"]
    #expect(try render(source, values, with: ["line": "-\n"]) == expected)
  }

  @Test("a library has the templates that it was given, and no others")
  func names() throws {
    let library = try TemplateLibrary(["a": "1", "b-c_2": "{{>a}}"])
    #expect(library["b-c_2"]?.render([]) == Array("1".utf8))
    #expect(library["c"]?.render([]) == nil)
  }
}
