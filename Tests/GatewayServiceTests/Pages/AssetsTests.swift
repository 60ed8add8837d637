import Encodings
import Foundation
import GatewayResources
import GatewayService
import LatchkeyWords
import Testing

@Suite("Static files")
struct AssetsTests {
  let assets: StaticAssets

  init() throws { assets = try PageRenderer().assets }

  @Test("an address changes when any file changes, and only then")
  func version() throws {
    var files = GatewayResources.files
    #expect(try PageRenderer(files: files).assets.version == assets.version)
    files["app.css"]?.append(UInt8(ascii: "\n"))
    #expect(try PageRenderer(files: files).assets.version != assets.version)
    #expect(assets.url("app.css") == "/static/app.css?v=\(assets.version)")
    #expect(assets.url("nothing.css") == nil)
  }

  @Test("scripts import one another, and only scripts that exist, by the page's own addresses")
  func imports() throws {
    for name in assets.names where name.hasSuffix(".js") {
      let script = String(decoding: try #require(assets.file(name)).bytes, as: UTF8.self)
      for part in script.components(separatedBy: " from \"./").dropFirst() {
        let target = try #require(part.split(separator: "\"").first)
        let file = target.split(separator: "?")
        #expect(assets.file(String(file[0])) != nil, "\(name) imports \(target)")
        #expect(file.last == "v=\(assets.version)", "\(name) imports \(target)")
      }
    }
  }

  @Test("scripts leave the strict policy alone and write no markup")
  func scripts() throws {
    for name in assets.names where name.hasSuffix(".js") && !name.hasPrefix("text-") {
      let script = String(decoding: try #require(assets.file(name)).bytes, as: UTF8.self)
      for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style"]
      {
        #expect(!script.contains(word), "\(name) uses \(word)")
      }
    }
  }

  @Test("each language's module holds what scripts say, and nothing else", arguments: Language.all)
  func words(_ language: Language) throws {
    let module = String(decoding: try #require(assets.file("text-\(language.tag).js")).bytes, as: UTF8.self)
    #expect(module.hasPrefix("export default {"))
    #expect(module.contains("\"passkey.cancelled\":"))
    #expect(!module.contains("\"clients.emptyText\":"))
  }

  @Test("templates and locales are not served")
  func served() {
    #expect(assets.file("sign-in.mustache") == nil)
    #expect(assets.file("en.json") == nil)
    #expect(assets.file("app.css")?.contentType == "text/css; charset=utf-8")
    #expect(assets.file("page.js")?.contentType == "text/javascript; charset=utf-8")
    #expect(assets.file("favicon.svg")?.contentType == "image/svg+xml")
  }

  @Test("a template that names what is not there stops the start, not a request")
  func failures() {
    for (broken, reason) in [
      ("[[no.such]]", "no.such"), ("[[@no.css]]", "@no.css"), ("[[#none]]", "#none"), ("{{#a}}", "sign-in"),
      ("{{>gone}}", "sign-in: {{>gone}}"), ("{{{a}}}", "sign-in: {{{a}}"),
    ] {
      var files = GatewayResources.files
      files["sign-in.mustache"] = Array(broken.utf8)
      #expect { try PageRenderer(files: files) } throws: { "\($0)".contains(reason) }
    }
  }
}
