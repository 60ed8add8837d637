import Pictures
import Testing

@Suite("Drawings")
struct DrawingTests {
  private let workshop = Workshop()

  private func refusal(_ markup: String) async -> PictureRefusal? {
    do throws(PictureRefusal) {
      let made = try await workshop.make(.logo, from: Array(markup.utf8))
      return made.bytes.elementsEqual(markup.utf8) && made.format == .svg ? nil : .damaged
    } catch { return error }
  }

  private func inside(_ content: String) -> String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">\(content)</svg>"
  }

  @Test(
    "What draws is kept as it is",
    arguments: [
      "<path d=\"M0 0h8v8z\" fill=\"url(#a)\"/><defs><linearGradient id=\"a\"><stop offset=\"0\"/></linearGradient></defs>",
      "<style>.a{fill:#f00;clip-path:url( '#b' )}</style><g class=\"a\"><use xlink:href=\"#b\"/></g>",
      "<style><![CDATA[ .a > .b { fill: red } ]]></style><title>Tom &amp; J&#xe9;r&#244;me</title>",
      "<image href=\"data:image/png;base64,iVBORw0KGgo=\" width=\"1\" height=\"1\"/>",
      "<sodipodi:namedview xmlns:sodipodi=\"http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd\" id=\"base\"/>",
      "<!-- a remark --><text x=\"1\">Grafana</text>",
    ])
  func good(content: String) async { #expect(await refusal(inside(content)) == nil) }

  @Test("A declaration and a document type without declarations inside may come first")
  func prologue() async {
    let prologue = """
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
      """
    #expect(await refusal(prologue + inside("<g/>")) == nil)
    #expect(await refusal("<!DOCTYPE svg [<!ENTITY a \"b\">]>" + inside("<g/>")) == .unsafeDrawing)
    #expect(await refusal("<?xml version=\"1.0\" encoding=\"utf-7\"?>" + inside("<g/>")) == .format)
    #expect(await refusal("<?xml-stylesheet href=\"x.xsl\"?>" + inside("<g/>")) == .unsafeDrawing)
  }

  @Test(
    "What could run code or fetch something is refused",
    arguments: [
      "<script>alert(1)</script>", "<svg:script xmlns:svg=\"http://www.w3.org/2000/svg\"/>",
      "<a xlink:href=\"https://example.org\"><path/></a>", "<foreignObject><p/></foreignObject>",
      "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">alert(1)</x:script>",
      "<h:p xmlns:h=\"http://www.w3.org/1999/xhtml\"/>", "<g xmlns=\"http://www.w3.org/1999/xhtml\"/>",
      "<path onclick=\"alert(1)\"/>", "<path ONload=\"alert(1)\"/>", "<path x:onload=\"alert(1)\"/>",
      "<image href=\"https://example.org/a.png\"/>", "<image xlink:href=\"//example.org/a.png\"/>",
      "<image href=\"data:image/svg+xml;base64,AAAA\"/>", "<use href=\"other.svg#a\"/>",
      "<use href=\"&#x68;ttps://example.org/#a\"/>", "<use href=\"java&#115;cript:alert(1)\"/>",
      "<style>@import 'https://example.org/a.css';</style>", "<style>a{fill:url(https://example.org/)}</style>",
      "<style>a{fill:u\\72l(https://example.org/)}</style>", "<style><![CDATA[a{fill:url(//example.org)}]]></style>",
      "<path style=\"fill:url('https://example.org/')\"/>", "<path filter=\"URL( https://example.org/#a)\"/>",
      "<animate attributeName=\"href\" to=\"javascript:alert(1)\"/>", "<set attributeName=\"onclick\"/>",
      "<g xml:base=\"https://example.org/\"/>", "<text>&unknown;</text>", "<?php echo 1 ?>", "<iframe/>",
    ])
  func bad(content: String) async { #expect(await refusal(inside(content)) == .unsafeDrawing) }

  @Test(
    "What does not hold together is refused",
    arguments: [
      "<g>", "</g>", "<g></path>", "<path d=M0/>", "<path d=\"a\"d=\"<\"/>", "<!-- never ends", "<g a=\"1\"b=\"2\"/>",
      "<path d=\"", "<1/>", "<g/></svg><g>", "\u{0}",
    ])
  func damaged(content: String) async { #expect(await refusal(inside(content)) == .damaged) }

  @Test("Nesting without end is refused")
  func depth() async {
    let deep = String(repeating: "<g>", count: 200) + String(repeating: "</g>", count: 200)
    #expect(await refusal(inside(deep)) == .damaged)
  }
}
