import Encodings
import GatewayResources
import GatewayService
import Testing

@Suite("Text about apps")
struct AppTextTests {
  @Test("names in braces are placeholders, other braces are text")
  func pieces() throws {
    #expect(try AppText("{app}/x").pieces == [.placeholder(.app), .text("/x")])
    #expect(try AppText("{\"server_url\": \"{issuer}\"}").pieces.count == 3)
    #expect(try AppText("{'sub': (True, 'uid')}").pieces == [.text("{'sub': (True, 'uid')}")])
    #expect(try AppText("a{").pieces == [.text("a{")])
    #expect(try AppText("{}{app").pieces == [.text("{}{app")])
  }

  @Test("a word in braces that stands for nothing is refused")
  func unknown() {
    #expect(throws: KnownAppFailure.self) { try AppText("{secret}") }
  }

  @Test("what is known is filled in; what is not stays a placeholder")
  func filled() throws {
    let text = try AppText("{issuer} {clientSecret} 24h")
    #expect(
      text.filled([.issuer: "https://id.example.com"])
        == [.text("https://id.example.com "), .placeholder(.clientSecret), .text(" 24h")])
    #expect(text.text([.issuer: "i"]) == "i {clientSecret} 24h")
  }

  @Test(
    "a value cannot end the quotes that it stands in",
    arguments: [
      (#"{"name":"{providerName}"}"#, #"{"name":"Ada \"the\" Home's \\o/"}"#),
      (#"'{providerName}'"#, #"'Ada "the" Home\'s \\o/'"#),
      (#"Ada's {providerName}"#, #"Ada's Ada "the" Home's \o/"#),
      (#""x" {providerName}"#, #""x" Ada "the" Home's \o/"#),
    ])
  func quotes(shape: String, expected: String) throws {
    #expect(try AppText(shape).text([.providerName: #"Ada "the" Home's \o/"#]) == expected)
  }

  @Test("where an app runs is read back from what was registered")
  func address() throws {
    let apps = try KnownApps(json: GatewayResources.files["apps.json"] ?? [])
    let grafana = try #require(apps["grafana"])
    let url = "https://example.com/grafana/login/generic_oauth"
    #expect(
      grafana.address(callbackURLs: ["https://x.example/y", url], launchURL: nil) == "https://example.com/grafana")
    #expect(grafana.address(callbackURLs: [], launchURL: "https://g.example.com/") == "https://g.example.com")
    #expect(grafana.address(callbackURLs: ["/login/generic_oauth"], launchURL: nil) == nil)
    let portainer = try #require(apps["portainer"])
    #expect(
      portainer.address(callbackURLs: ["https://p.example/"], launchURL: "https://p.example") == "https://p.example")
  }
}
