import Foundation
import GatewayService
import ServiceKit
import LatchkeyWords
import Testing

@Suite("Small parts of pages")
struct SmallPartsTests {
  @Test(
    "a browser and its system are told from the user agent",
    arguments: [
      (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140",
        "Edge", "Windows"
      ),
      (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18 Mobile Safari/604",
        "Safari", "iPhone"
      ),
      ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
      (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140 Safari/537.36", "Chrome", "macOS"
      ),
      ("", nil, nil), ("<script>", nil, nil),
    ] as [(String, String?, String?)])
  func devices(agent: String, browser: String?, system: String?) {
    let device = Device(userAgent: agent)
    #expect(device.browser == browser)
    #expect(device.system == system)
  }

  @Test(
    "a list's part is named from its first to its last entry", arguments: [(1, 0, "0–0 of 0"), (3, 57, "41–57 of 57")])
  func pager(page: Int, total: Int, expected: String) throws {
    let rows = PageSamples.clients(count: 1, total: total, page: page)
    let frame = PageFrame(language: .english, instance: Instance(name: "L"), viewer: PageSamples.ada)
    let html = try PageRenderer().render(rows, in: frame)
    let text = html.replacing("<bdi>", with: "").replacing("</bdi>", with: "")
    #expect(text.contains(expected))
    #expect(html.contains("rel=\"next\"") == false)
    #expect(html.contains("rel=\"prev\"") == (total > 20))
  }

  @Test("each error page goes out with its own status")
  func statuses() {
    #expect(ErrorPage(.notFound).status == 404)
    #expect(ErrorPage(.unavailable).status == 503)
    #expect(ErrorPage.Kind.allCases.allSatisfy { (400...503).contains(ErrorPage($0).status) })
  }
}
