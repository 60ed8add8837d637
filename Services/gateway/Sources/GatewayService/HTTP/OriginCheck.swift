import LatchkeyProtocol

/// Cross-site request forgery: whether a request that changes something comes from our own pages.
///
/// Browsers attach the cookie, so a browser's request must come from our own pages: it says so by `Origin`, which every
/// browser sends with a request that changes something (Fetch §3.2), or by `Sec-Fetch-Site` (W3C Fetch Metadata §2.3).
/// A request with neither comes from a program, which keeps its cookies to itself. A request that brings a token or a
/// key in a header needs no check, since no other site can make a browser send one. With SameSite=Lax and the JSON
/// content type this is the third lock on the same door.
struct OriginCheck: Sendable {
  let origin: String

  func admit(_ request: Request) throws(Refusal) {
    guard ![.get, .head, .options].contains(request.method) else { return }
    let site = request.headers[.secFetchSite]?.prefix(bytes: Limits.headerWords)
    if let site, site != "same-origin", site != "none" { throw refusal("another site") }
    switch request.headers[.origin]?.prefix(bytes: Limits.headerWords) {
    // A page with `Referrer-Policy: no-referrer` may send "null" from our own pages too; then Sec-Fetch-Site decides.
    case "null":
      if site == nil { throw refusal("an unknown place") }
    case let stated?:
      if stated.lowercased() != origin { throw refusal(stated.prefix(bytes: 100)) }
    case nil: break
    }
  }

  /// Whether a page of another site navigated the browser here by a form. A script's call brings no cookies even if
  /// repeated, and a program has sent all that it has.
  func isForeignPost(_ request: Request, bringsSession: Bool) -> Bool {
    guard request.method == .post, !bringsSession else { return false }
    func said(_ name: HeaderName) -> String? { request.headers[name]?.prefix(bytes: Limits.headerWords) }
    if let site = said(.secFetchSite) { return site == "cross-site" && said(.secFetchMode) == "navigate" }
    // Browsers that predate Fetch Metadata.
    return said(.origin).map { $0 != origin } ?? false
  }

  private func refusal(_ place: String) -> Refusal {
    Refusal(
      .forbidden, "forbidden",
      "This request came from \(place), but this installation's address (APP_URL) is \(origin).", closes: true)
  }
}
